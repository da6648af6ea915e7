// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.app.Failure.Code;
import dev.vigil.sync.ProbeVerdict;
import dev.vigil.sync.ProbeVerdict.Outcome;
import dev.vigil.sync.ProbedStore.Openness;
import dev.vigil.sync.SyncRound;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code vigil sync init}: config, proof, first round. */
record SyncInit(Workplace workplace) {

    int run(Optional<String> bucket, Optional<String> endpoint, Optional<String> region) {
        Shell shell = workplace.shell();
        Map<String, String> settings = new LinkedHashMap<>();
        bucket.ifPresent(address -> settings.put("bucket", said("BUCKET", address, SyncSection::bucket)));
        endpoint.ifPresent(url -> settings.put("endpoint", said("--endpoint", url, SyncSection::endpoint)));
        region.ifPresent(name -> settings.put("region", said("--region", name, SyncSection::region)));
        SharedBucket shared = bucket(settings)
                .orElseThrow(() -> new Failure(
                        Code.USAGE, "which bucket? Write for instance: vigil sync init s3://team-vigil/prod"));
        shell.note("Finding out whether " + shared.place() + " keeps its word. This takes some seconds ...");
        ProbeVerdict verdict = shared.prove();
        if (verdict.outcome() == Outcome.REFUSED) {
            throw new Failure(Code.SYNC, shared.place() + " is not fit to be shared: " + verdict.reason());
        }
        boolean isChanged = !workplace.config().sync().equals(Optional.of(shared.config()));
        if (isChanged) {
            workplace.editor().putSync(settings);
        }
        tell(verdict, shell);
        shared.config().risk().ifPresent(risk -> shell.note("Warning: " + risk));
        SyncRound round = workplace.synced(shared);
        tell(round, shared, shell);
        workplace.tellDaemon();
        if (workplace.daemon().filter(one -> isChanged || !uses(one, shared)).isPresent()) {
            shell.say("The daemon began before this: vigil stop, vigil run --background");
        }
        return SyncText.exit(round);
    }

    private static void tell(SyncRound round, SharedBucket shared, Shell shell) {
        shell.say("This machine is " + shared.self().name() + ". " + SyncLog.words(round) + ".");
        round.steps().forEach(step -> shell.sayForeign(step.connector() + ": " + SyncLog.words(step)));
        round.foreign()
                .forEach(one -> shell.sayForeign("In the bucket, and not a connector here: " + one.connector() + " ("
                        + one.server() + "). To take it over: vigil add " + one.connector() + " --from-bucket"));
        if (round.outcome() == SyncRound.Outcome.ATTEMPTED) {
            shell.say("A login or logout on one machine is live on the others within "
                    + SyncCommand.bound(shared.config()).toSeconds() + " s.");
        }
    }

    /** What the config names, with these settings in it, which are not written down before the bucket was found fit. */
    private Optional<SharedBucket> bucket(Map<String, String> settings) {
        if (settings.isEmpty()
                || (!settings.containsKey("bucket") && workplace.config().sync().isEmpty())) {
            return workplace.bucket();
        }
        return workplace.editor((file, content) -> {}).putSync(settings).sync().map(workplace::bucketOf);
    }

    private static boolean uses(DaemonClient daemon, SharedBucket bucket) {
        try {
            return daemon.status().path("sync").path("bucket").asString("").equals(bucket.place());
        } catch (Failure unanswered) {
            return false;
        }
    }

    private static String said(String what, String value, Consumer<String> check) {
        try {
            check.accept(value);
            return value;
        } catch (IllegalArgumentException e) {
            throw new Failure(Code.USAGE, what + ": " + e.getMessage());
        }
    }

    private static void tell(ProbeVerdict verdict, Shell shell) {
        shell.say(
                verdict.outcome() == Outcome.READ_ONLY
                        ? "These credentials may only read: enough for a machine that uses what others keep alive, and"
                                + " has readOnly: on under sync: in the config."
                        : "The bucket is fit: " + verdict.reason());
        if (verdict.openness() == Openness.OPEN) {
            shell.note("Warning: the bucket answers strangers. What it holds is sealed, but they see how much and when."
                    + " Close it to anonymous requests");
        }
        if (!verdict.cleaned()) {
            shell.note("Note: the objects of the probe could not be deleted; they are below probe/ and do no harm");
        }
    }
}
