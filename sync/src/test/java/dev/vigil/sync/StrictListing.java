// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** ListObjectsV2, in pages of at most {@value #PAGE}. */
final class StrictListing {
    /** Small, so that paging is met often. */
    static final int PAGE = 10;

    private StrictListing() {}

    static StrictAnswer of(StrictRequest request, SortedMap<String, StrictBucket.Item> items) {
        if (!"2".equals(request.query().get("list-type"))) {
            return StrictAnswer.error(501, "NotImplemented");
        }
        String prefix = request.query().getOrDefault("prefix", "");
        String after = request.query().getOrDefault("continuation-token", "");
        List<Map.Entry<String, StrictBucket.Item>> rest = items.entrySet().stream()
                .filter(each ->
                        each.getKey().startsWith(prefix) && each.getKey().compareTo(after) > 0)
                .toList();
        List<Map.Entry<String, StrictBucket.Item>> page =
                rest.stream().limit(PAGE).toList();
        StringBuilder xml = new StringBuilder("<ListBucketResult>");
        page.forEach(each -> append(xml, each.getKey(), each.getValue()));
        boolean more = rest.size() > page.size();
        xml.append("<IsTruncated>").append(more).append("</IsTruncated>");
        if (more) {
            xml.append("<NextContinuationToken>")
                    .append(page.get(page.size() - 1).getKey())
                    .append("</NextContinuationToken>");
        }
        return StrictAnswer.xml(200, xml.append("</ListBucketResult>").toString());
    }

    /** RFC 9110, 5.6.7. */
    static String httpDate(Instant at) {
        return DateTimeFormatter.RFC_1123_DATE_TIME
                .format(at.atZone(ZoneOffset.UTC))
                .replace("Z", "GMT");
    }

    private static void append(StringBuilder xml, String key, StrictBucket.Item item) {
        xml.append("<Contents><Key>").append(key).append("</Key><LastModified>").append(item.at());
        xml.append("</LastModified><ETag>&quot;").append(item.etag()).append("&quot;</ETag><Size>");
        xml.append(item.content().length).append("</Size></Contents>");
    }
}
