// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.sync.S3Settings;
import dev.vigil.sync.StrictS3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

/**
 * Ceph's S3 gateway with a monitor and one storage daemon in memory behind it, all on the loopback, in one folder, as
 * whoever runs the test. Up in about fifteen seconds.
 */
final class CephGateway implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String ACCESS_KEY = StrictS3.KEYS.accessKey().reveal();
    private static final String SECRET_KEY = StrictS3.KEYS.secretKey().reveal();

    private final List<Child> daemons = new ArrayList<>();
    private final Path folder;
    private final Path config;
    private final int port = FreePort.find();

    private CephGateway() throws IOException {
        folder = Files.createTempDirectory("ceph"); // a short path: sockets are made there
        config = folder.resolve("ceph.conf");
    }

    /** Skips the test where Ceph is not installed. */
    static CephGateway start() {
        try {
            Shell.run(LIMIT, "radosgw", "--version");
            CephGateway gateway = new CephGateway();
            gateway.bringUp();
            return gateway;
        } catch (Shell.NotThere e) {
            throw Requires.missing("Ceph", "Run: apt-get install radosgw ceph-mon ceph-osd ceph-common");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Makes a bucket, and says how to speak to it. */
    S3Settings bucket(String name, boolean versioned) {
        try (S3Client owner = owner()) {
            owner.createBucket(request -> request.bucket(name));
            if (versioned) {
                owner.putBucketVersioning(request -> request.bucket(name)
                        .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
            }
        }
        return S3Settings.at(URI.create("s3://" + name + "/prod"))
                .withEndpoint(url())
                .withKeys(StrictS3.KEYS);
    }

    private S3Client owner() {
        return S3Client.builder()
                .endpointOverride(url())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(() -> AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @Override
    public void close() throws IOException {
        daemons.forEach(Child::close);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void bringUp() throws IOException {
        String cluster = UUID.randomUUID().toString();
        String monitor = "[v2:127.0.0.1:" + FreePort.find() + ",v1:127.0.0.1:" + FreePort.find() + "]";
        for (String each : List.of("mon", "osd", "rgw")) {
            Files.createDirectory(folder.resolve(each));
        }
        Files.writeString(config, configuration(cluster, monitor));
        makeMonitor(cluster, monitor);
        run("ceph-mon", "-i", "a");
        makeStorage();
        run("ceph-osd", "-i", "0");
        run("radosgw", "-n", "client.rgw");
        ceph(
                "radosgw-admin",
                "-n",
                "client.admin",
                "user",
                "create",
                "--uid=vigil",
                "--display-name=vigil",
                "--access-key",
                ACCESS_KEY,
                "--secret-key",
                SECRET_KEY);
        Await.until(LIMIT, this::isUp, () -> "Ceph's gateway does not answer at " + url());
    }

    private boolean isUp() {
        try (S3Client owner = owner()) {
            owner.listBuckets();
            return true;
        } catch (SdkException e) {
            return false;
        }
    }

    private void makeMonitor(String cluster, String address) {
        String keys = at("mon.keyring");
        ceph("ceph-authtool", "--create-keyring", keys, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *");
        ceph(
                "ceph-authtool",
                "--create-keyring",
                at("admin.keyring"),
                "--gen-key",
                "-n",
                "client.admin",
                "--cap",
                "mon",
                "allow *",
                "--cap",
                "osd",
                "allow *",
                "--cap",
                "mgr",
                "allow *");
        ceph("ceph-authtool", keys, "--import-keyring", at("admin.keyring"));
        Shell.run(LIMIT, "monmaptool", "--create", "--addv", "a", address, "--fsid", cluster, at("monmap"));
        ceph("ceph-mon", "--mkfs", "-i", "a", "--monmap", at("monmap"), "--keyring", keys);
    }

    private void makeStorage() {
        ceph(
                "ceph",
                "auth",
                "get-or-create",
                "client.rgw",
                "mon",
                "allow rw",
                "osd",
                "allow rwx",
                "-o",
                at("rgw/keyring"));
        ceph(
                "ceph",
                "auth",
                "get-or-create",
                "osd.0",
                "mon",
                "allow profile osd",
                "osd",
                "allow *",
                "-o",
                at("osd/keyring"));
        String disk = UUID.randomUUID().toString();
        ceph("ceph", "osd", "new", disk);
        ceph("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk);
    }

    private String at(String file) {
        return folder.resolve(file).toString();
    }

    private void ceph(String command, String... arguments) {
        Shell.run(LIMIT, line(command, arguments).toArray(new String[0]));
    }

    private void run(String command, String... arguments) {
        List<String> line = line(command, arguments);
        line.add("-f");
        daemons.add(Child.start(command, new ProcessBuilder(line)));
    }

    private List<String> line(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of(command, "-c", config.toString()));
        line.addAll(List.of(arguments));
        return line;
    }

    /** One copy of everything, in memory; keys are checked, or the gateway would not start. */
    private String configuration(String cluster, String monitor) {
        return """
                [global]
                fsid = %1$s
                mon_initial_members = a
                mon_host = %2$s
                public_network = 127.0.0.0/8
                auth_cluster_required = cephx
                auth_service_required = cephx
                auth_client_required = cephx
                osd_pool_default_size = 1
                osd_pool_default_min_size = 1
                osd_pool_default_pg_num = 4
                osd_pool_default_pg_autoscale_mode = off
                mon_allow_pool_size_one = true
                osd_crush_chooseleaf_type = 0
                osd_objectstore = memstore
                memstore_device_bytes = 268435456
                run_dir = %3$s
                admin_socket = %3$s/$name.asok
                log_file = %3$s/$name.log
                pid_file = %3$s/$name.pid
                keyring = %3$s/admin.keyring
                crash_dir = %3$s
                [mon]
                keyring = %3$s/mon.keyring
                mon_data = %3$s/mon
                [osd]
                osd_data = %3$s/osd
                keyring = %3$s/osd/keyring
                public_addr = 127.0.0.1
                cluster_addr = 127.0.0.1
                [client.rgw]
                keyring = %3$s/rgw/keyring
                rgw_data = %3$s/rgw
                rgw_frontends = beast endpoint=127.0.0.1:%4$d
                """.formatted(cluster, monitor, folder, port);
    }
}
