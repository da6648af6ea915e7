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

/** {@code vigil sync init}: config, proof, first round. */
record SyncInit(Workplace workplace) {

    int run(Optional<String> bucket, Optional<String> endpoint, Optional<String> region) {
        Shell shell = workplace.shell();
        bucket.ifPresent(address -> configure(address, endpoint, region));
        SharedBucket shared = workplace
                .bucket()
                .orElseThrow(() -> new Failure(
                        Code.USAGE, "which bucket? Write for instance: vigil sync init s3://team-vigil/prod"));
        shell.note("Finding out whether " + shared.place() + " keeps its word. This takes some seconds ...");
        ProbeVerdict verdict = shared.prove();
        if (verdict.outcome() == Outcome.REFUSED) {
            throw new Failure(Code.SYNC, shared.place() + " is not fit to be shared: " + verdict.reason());
        }
        shell.say(
                verdict.outcome() == Outcome.READ_ONLY
                        ? "These credentials may only read, which is enough for a machine that uses what others keep alive."
                        : "The bucket is fit: " + verdict.reason());
        warn(verdict, shell);
        SyncRound round = workplace.synced(shared);
        shell.say("This machine is " + shared.self().name() + ". " + SyncLog.words(round) + ".");
        round.steps().forEach(step -> shell.sayForeign(step.connector() + ": " + SyncLog.words(step)));
        round.foreign()
                .forEach(one -> shell.sayForeign("In the bucket, and not a connector here: " + one.connector() + " ("
                        + one.server() + "). To take it over: vigil add " + one.connector() + " --from-bucket"));
        if (round.outcome() == SyncRound.Outcome.ATTEMPTED) {
            shell.say("A login or logout on one machine is live on the others within "
                    + SyncCommand.bound(shared.config()).toSeconds() + " s.");
        }
        workplace.tellDaemon();
        if (workplace.daemon().isPresent()) {
            shell.say("The daemon began before this: vigil stop, vigil run --background");
        }
        return SyncText.exit(round);
    }

    private void configure(String address, Optional<String> endpoint, Optional<String> region) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("bucket", address);
        endpoint.ifPresent(url -> settings.put("endpoint", url));
        region.ifPresent(name -> settings.put("region", name));
        workplace.editor().putSync(settings);
    }

    private static void warn(ProbeVerdict verdict, Shell shell) {
        if (verdict.openness() == Openness.OPEN) {
            shell.note("Warning: the bucket answers strangers. What it holds is sealed, but they see how much and when."
                    + " Close it to anonymous requests");
        }
        if (!verdict.cleaned()) {
            shell.note("Note: the objects of the probe could not be deleted; they are below probe/ and do no harm");
        }
    }
}
