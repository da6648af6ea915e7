// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The agreement of {@link SharedRefresher} as a model small enough to look at every state of: machines, one lease, one state
 * in the bucket, and an authorization server that ends the grant when it sees a spent refresh token.
 *
 * <p>A step is one write or read of the bucket, one request, one write to a disk, or a death. Any machine may take its next
 * step at any time, die before it, or find the bucket out of reach; a lease may run out at any time. Assumed are what the
 * code holds by its clocks: nobody calls a lease dead before its holder has stopped sending, and a server acts on a request
 * before the holder's lease is called dead, or never.
 */
final class LeaseModel {
    /** Where in a refresh a machine is. */
    enum At {
        IDLE,
        TAKEN,
        ALLOWED,
        INTENDED,
        ANSWERED,
        SAVED,
        /** There was an answer, and others know. */
        SETTLED,
        /** Nobody knows what the server did, or others cannot know. */
        UNSETTLED
    }

    /** A rule that is left out, to see that somebody misses it. */
    enum Without {
        NOTHING,
        LOOKING_AT_ANOTHERS_INTENT,
        LEAVING_THE_INTENT_WHEN_THE_PUSH_FAILED,
        READING_THE_STATE_ANEW,
        PUSHING_BEFORE_ASKING
    }

    /** @param disk the generation that this machine has stored; {@code doubt}: its own sending of it may have been answered */
    private record Box(At at, int disk, boolean doubt, boolean holdsCurrent, boolean runOut) {
        Box to(At next) {
            return new Box(next, disk, doubt, holdsCurrent, runOut);
        }

        Box stored(int generation) {
            return new Box(at, generation, false, holdsCurrent, runOut);
        }

        Box doubting() {
            return new Box(at, disk, true, holdsCurrent, runOut);
        }

        Box holding(boolean current) {
            return new Box(at, disk, doubt, current, runOut && !current);
        }

        Box late() {
            return new Box(at, disk, doubt, holdsCurrent, true);
        }
    }

    /** Everything at one moment. Machines are numbered from 0; -1 is nobody. */
    private record World(List<Box> boxes, int holder, int intender, int intended, int pushed, int live, boolean ended) {

        World with(List<Box> others) {
            return new World(List.copyOf(others), holder, intender, intended, pushed, live, ended);
        }

        World leased(int toHolder, int byIntender, int ofGeneration) {
            return new World(boxes, toHolder, byIntender, ofGeneration, pushed, live, ended);
        }

        World pushedTo(int generation) {
            return new World(boxes, holder, intender, intended, generation, live, ended);
        }

        /** The server has rotated. */
        World rotated() {
            return new World(boxes, holder, intender, intended, pushed, live + 1, ended);
        }

        /** The server has seen a spent token. */
        World revoked() {
            return new World(boxes, holder, intender, intended, pushed, live, true);
        }
    }

    static final int NOBODY = -1;

    private final int machines;
    private final int generations;
    private final Without without;
    private final Set<World> seen = new HashSet<>();
    private final Map<World, World> cameFrom = new HashMap<>();
    private final Deque<World> open = new ArrayDeque<>();

    LeaseModel(int machines, int generations, Without without) {
        this.machines = machines;
        this.generations = generations;
        this.without = without;
    }

    /** Looks at every state; the story of the shortest way to one that breaks a promise, if there is any. */
    Optional<List<String>> counterexample() {
        Box[] boxes = new Box[machines];
        Arrays.fill(boxes, new Box(At.IDLE, 1, false, false, false));
        World begin = new World(List.of(boxes), NOBODY, NOBODY, 0, 1, 1, false);
        seen.add(begin);
        open.add(begin);
        while (!open.isEmpty()) {
            World world = open.remove();
            if (isBroken(world)) {
                return Optional.of(story(world));
            }
            if (!world.ended && world.live <= generations) {
                for (int machine = 0; machine < machines; machine++) {
                    steps(world, machine, next -> {
                        if (seen.add(next)) {
                            cameFrom.put(next, world);
                            open.add(next);
                        }
                    });
                }
            }
        }
        return Optional.empty();
    }

    int states() {
        return seen.size();
    }

    /** The grant was ended by a machine that had not lost an answer itself, or the newest token is nowhere and nobody says so. */
    private static boolean isBroken(World world) {
        if (world.ended) {
            return true;
        }
        boolean isSomewhere = world.boxes.stream()
                .anyMatch(box -> box.disk == world.live || Set.of(At.ANSWERED).contains(box.at));
        boolean isTold = world.intender != NOBODY && world.intended == world.live - 1
                || world.boxes.stream().anyMatch(box -> box.doubt && box.disk == world.live - 1);
        return !isSomewhere && !isTold;
    }

    private void steps(World world, int machine, Consumer<World> reach) {
        Box box = world.boxes.get(machine);
        if (box.at != At.IDLE) {
            reach.accept(with(world, machine, died(box)));
            if (!box.runOut) {
                reach.accept(with(world, machine, box.late()));
            }
        }
        switch (box.at) {
            case IDLE -> take(world, machine, reach);
            case TAKEN -> look(world, machine, reach);
            case ALLOWED -> intend(world, machine, reach);
            case INTENDED -> send(world, machine, reach);
            case ANSWERED ->
                reach.accept(with(world, machine, box.stored(world.live).to(At.SAVED)));
            case SAVED -> push(world, machine, reach);
            case SETTLED -> release(world, machine, NOBODY, reach);
            case UNSETTLED -> release(world, machine, machine, reach);
        }
    }

    /** What was sent and not saved is lost with the process; its intent on the disk is not. */
    private static Box died(Box box) {
        boolean wasSent = box.at == At.INTENDED || box.at == At.ANSWERED;
        return new Box(At.IDLE, box.disk, box.doubt || wasSent, false, false);
    }

    private void take(World world, int machine, Consumer<World> reach) {
        boolean isFree = world.holder == NOBODY || world.holder == machine;
        boolean isDead = !isFree && !world.boxes.get(world.holder).holdsCurrent
                || !isFree && world.boxes.get(world.holder).runOut;
        if (isFree || isDead) {
            World taken = written(world, machine, machine, world.intender, world.intended);
            reach.accept(with(taken, machine, taken.boxes.get(machine).to(At.TAKEN)));
        }
    }

    private void look(World world, int machine, Consumer<World> reach) {
        Box box = world.boxes.get(machine);
        boolean looks = without != Without.READING_THE_STATE_ANEW;
        boolean isOpen = world.intender != NOBODY && world.intended >= world.pushed;
        if (looks && world.pushed > box.disk) {
            World adopted = with(world, machine, box.stored(world.pushed).to(At.SETTLED));
            release(adopted, machine, isOpen ? world.intender : NOBODY, reach);
        } else if (isOpen && world.intender != machine && without != Without.LOOKING_AT_ANOTHERS_INTENT) {
            release(world, machine, world.intender, reach);
        } else if (box.disk > world.pushed && without != Without.PUSHING_BEFORE_ASKING) {
            World pushed = world.pushedTo(box.disk);
            reach.accept(with(pushed, machine, box.to(At.ALLOWED)));
            release(world, machine, isOpen ? world.intender : NOBODY, reach);
        } else {
            reach.accept(with(world, machine, box.to(At.ALLOWED)));
        }
    }

    private void intend(World world, int machine, Consumer<World> reach) {
        Box box = world.boxes.get(machine);
        if (box.holdsCurrent) {
            World intended = written(world, machine, machine, machine, box.disk);
            reach.accept(with(intended, machine, intended.boxes.get(machine).to(At.INTENDED)));
        } else {
            reach.accept(with(world, machine, box.to(At.IDLE)));
        }
    }

    private void send(World world, int machine, Consumer<World> reach) {
        Box box = world.boxes.get(machine);
        // No connection: nothing was sent now, and what was sent before is no clearer.
        reach.accept(with(world, machine, box.to(box.doubt ? At.UNSETTLED : At.SETTLED)));
        if (box.runOut) { // nobody would miss this one: the intent alone keeps others away, until a person overrules it
            return;
        }
        if (box.disk == world.live) {
            World spent = world.rotated();
            reach.accept(with(spent, machine, box.to(At.ANSWERED)));
            reach.accept(with(spent, machine, box.doubting().to(At.UNSETTLED)));
        } else if (!box.doubt) { // a token that somebody else has spent; one's own lost answer is told of, and no crime
            reach.accept(world.revoked());
        }
    }

    private void push(World world, int machine, Consumer<World> reach) {
        Box box = world.boxes.get(machine);
        int newest = Math.max(world.pushed, box.disk);
        World pushed = world.pushedTo(newest);
        reach.accept(with(pushed, machine, box.to(At.SETTLED)));
        boolean isLeft = without != Without.LEAVING_THE_INTENT_WHEN_THE_PUSH_FAILED;
        reach.accept(with(world, machine, box.to(isLeft ? At.UNSETTLED : At.SETTLED)));
    }

    /** By compare-and-swap; where that fails, or the bucket is out of reach, the lease stays as it is. */
    private static void release(World world, int machine, int intender, Consumer<World> reach) {
        Box box = world.boxes.get(machine);
        reach.accept(with(world, machine, box.to(At.IDLE).holding(false)));
        if (box.holdsCurrent) {
            int intended = intender == NOBODY ? 0 : world.intended;
            World released = written(world, machine, NOBODY, intender, intended);
            reach.accept(with(
                    released, machine, released.boxes.get(machine).to(At.IDLE).holding(false)));
        }
    }

    /** The lease is written by one machine: what all others know of it is old. */
    private static World written(World world, int writer, int holder, int intender, int intended) {
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < world.boxes.size(); i++) {
            boxes.add(world.boxes.get(i).holding(i == writer));
        }
        return world.with(boxes).leased(holder, intender, intended);
    }

    private static World with(World world, int machine, Box box) {
        List<Box> boxes = new ArrayList<>(world.boxes);
        boxes.set(machine, box);
        return world.with(boxes);
    }

    private List<String> story(World end) {
        List<String> story = new ArrayList<>();
        for (Optional<World> at = Optional.of(end); at.isPresent(); at = Optional.ofNullable(cameFrom.get(at.get()))) {
            story.add(0, at.get().toString());
        }
        return story;
    }
}
