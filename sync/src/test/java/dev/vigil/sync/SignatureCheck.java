// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** AWS Signature Version 4 in the header, computed again from what came: any other request than the signed one fails. */
record SignatureCheck(String accessKey, String secretKey, String region) {
    private static final Pattern HEADER =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([^/]+)/s3/aws4_request, "
                    + "SignedHeaders=([^,]+), Signature=([0-9a-f]{64})");

    /** What is wrong, as S3 would say it; empty when nothing is. */
    Optional<String> complaint(StrictRequest request) {
        Matcher header = HEADER.matcher(request.header("authorization").orElse(""));
        if (!header.matches()) {
            return Optional.of("AccessDenied");
        }
        if (!header.group(1).equals(accessKey)) {
            return Optional.of("InvalidAccessKeyId");
        }
        String bodyHash = request.header("x-amz-content-sha256").orElse("");
        boolean nothingToSign = bodyHash.equals("UNSIGNED-PAYLOAD") && request.body().length == 0;
        if (!nothingToSign && !bodyHash.equals(hex(sha256(request.body())))) {
            return Optional.of("XAmzContentSHA256Mismatch");
        }
        String expected = signature(request, header.group(2), header.group(4), bodyHash);
        boolean isRight = expected.equals(header.group(5)) && header.group(3).equals(region);
        return isRight ? Optional.empty() : Optional.of("SignatureDoesNotMatch");
    }

    private String signature(StrictRequest request, String day, String signedHeaders, String bodyHash) {
        String headers = Stream.of(signedHeaders.split(";", -1))
                .map(name -> name + ":" + request.header(name).orElse("").replaceAll(" +", " ") + "\n")
                .collect(Collectors.joining());
        String canonical = String.join(
                "\n", request.method(), request.rawPath(), request.canonicalQuery(), headers, signedHeaders, bodyHash);
        String toSign = String.join(
                "\n",
                "AWS4-HMAC-SHA256",
                request.header("x-amz-date").orElse(""),
                day + "/" + region + "/s3/aws4_request",
                hex(sha256(canonical.getBytes(StandardCharsets.UTF_8))));
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String part : new String[] {day, region, "s3", "aws4_request"}) {
            key = hmac(key, part);
        }
        return hex(hmac(key, toSign));
    }

    static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
