package io.cxt.cxone.digital;

import io.cxt.cxone.CxoneTarget.ContactLimit;
import io.cxt.cxone.Duplicates;
import io.cxt.cxone.HttpAddress;
import io.cxt.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What only the Digital Engagement API needs.
 *
 * @param baseUrl what stands before {@code /dfo/3.0}; empty to ask the issuer
 * @param area for example {@code na1}; null when it is not set
 * @param issuer that is asked for base URL and sign-in
 * @param tenantId that the issuer is asked about; null when it is not set
 * @param finalStatus the contact's after the last message; null to leave it
 * @param lockThread true to have CXone refuse further messages of the chat
 * @param longestText of one message, in UTF-16 units; a longer one is cut
 * @param tagIds that the first message of each chat gets
 * @param searchLag how long a stored message may stay invisible to a search
 * @param fields the idents of the contact's custom fields
 */
record DigitalSettings(
        String baseUrl,
        @Nullable String area,
        String issuer,
        @Nullable String tenantId,
        String channelId,
        @Nullable String finalStatus,
        boolean lockThread,
        int longestText,
        ContactLimit contactLimit,
        Duration searchLag,
        Duplicates duplicates,
        List<Integer> tagIds,
        Fields fields) {
    private static final Pattern CHANNEL = Pattern.compile("[A-Za-z0-9._~-]{1,200}");
    /** The most characters that a custom field takes. */
    private static final int LONGEST_VALUE = 1_024;

    private static final Pattern AREA = Pattern.compile("[a-z]{2,3}[0-9]{1,3}");

    /** Custom fields of the contact that keep what CXone has no place for; each null for none. */
    record Fields(
            @Nullable String start,
            @Nullable String end,
            @Nullable String interaction,
            @Nullable String label,
            String labelText) {

        /** Those that are set. */
        List<String> idents() {
            return Stream.of(start, end, interaction, label)
                    .filter(Objects::nonNull)
                    .toList();
        }

        /** What of it has no effect, in words with what to do. */
        List<String> idle() {
            if (label == null && !labelText.isEmpty()) {
                return List.of(
                        "cxone.digital.label is set and goes nowhere. Set cxone.digital.field.label to the ident of the custom field that keeps it, or remove the label");
            }
            return label != null && labelText.isEmpty()
                    ? List.of(
                            "cxone.digital.field.label is %s and stays empty. Set cxone.digital.label to what it should keep, or remove the field"
                                    .formatted(label))
                    : List.of();
        }

        private static Fields from(Settings settings) {
            Map<String, String> seen = new HashMap<>();
            String start = ident(settings, "cxone.digital.field.start", seen);
            String end = ident(settings, "cxone.digital.field.end", seen);
            String interaction = ident(settings, "cxone.digital.field.interaction", seen);
            String label = ident(settings, "cxone.digital.field.label", seen);
            String ofRun = label == null ? "" : ofRun(settings);
            return new Fields(start, end, interaction, label, label(settings, ofRun));
        }

        /** What the run is called, by whichever pickup names it. */
        private static String ofRun(Settings settings) {
            String files = settings.optional("pickup.file.select-label").orElse("");
            String sftp = settings.optional("pickup.sftp.select-label").orElse(files);
            return files.isEmpty() ? sftp : files;
        }

        /** @param seen the properties before, by their idents */
        private static @Nullable String ident(Settings settings, String name, Map<String, String> seen) {
            String ident = settings.optional(name).orElse(null);
            String before = ident == null ? null : seen.putIfAbsent(ident, name);
            if (before != null) {
                settings.problem(
                        "%s and %s are both %s; a custom field keeps one value. Name another one, or leave one empty"
                                .formatted(before, name, ident));
            }
            return ident;
        }

        /** @param otherwise what the run is called, or empty */
        private static String label(Settings settings, String otherwise) {
            String label = settings.optional("cxone.digital.label").orElse(otherwise);
            if (label.length() > LONGEST_VALUE) {
                settings.problem("cxone.digital.label has %s characters; a custom field takes %s"
                        .formatted(label.length(), LONGEST_VALUE));
            }
            return label;
        }
    }

    static DigitalSettings from(Settings settings) {
        Optional<String> base = HttpAddress.optional(settings, "cxone.base-url");
        Optional<String> area = settings.optional("cxone.digital.area").filter(text -> fits(settings, text));
        Optional<String> tenant = settings.optional("cxone.digital.tenant-id");
        if (base.isEmpty() && area.isEmpty() && tenant.isEmpty()) {
            settings.problem(
                    "cxone.base-url is not set. Set it to what stands before /dfo/3.0; or set cxone.digital.area, for"
                            + " example na1; or set cxone.digital.tenant-id, and CXone is asked");
        }
        if (!settings.choice("cxone.digital.archive-channel", "unknown", "unknown", "confirmed")
                .equals("confirmed")) {
            settings.problem(
                    "cxone.digital.archive-channel is not confirmed. Messages can reach live agents through their"
                            + " channel: make a channel for the archive alone (docs/cxone-digital.md), then set it to confirmed");
        }
        String status = settings.choice("cxone.digital.final-status", "closed", "closed", "resolved", "none");
        return new DigitalSettings(
                base.orElse(area.map(DigitalSettings::ofArea).orElse("")),
                area.orElse(null),
                HttpAddress.optional(settings, "cxone.digital.issuer").orElse("https://cxone.niceincontact.com"),
                tenant.orElse(null),
                channel(settings),
                status.equals("none") ? null : status,
                settings.flag("cxone.digital.lock-thread", false),
                settings.integer("cxone.digital.max-text", 10_000, 100, 1_000_000),
                new ContactLimit(
                        settings.integer("cxone.digital.contact-burst", 250, 2, 100_000),
                        settings.integer("cxone.digital.contact-per-minute", 17, 1, 100_000)),
                Duration.ofMillis(settings.integer("cxone.digital.search-lag-ms", 5_000, 0, 600_000)),
                Duplicates.valueOf(settings.choice("cxone.digital.duplicate", "look-up", "look-up", "accept", "refuse")
                        .toUpperCase(Locale.ROOT)
                        .replace('-', '_')),
                tags(settings),
                Fields.from(settings));
    }

    private static List<Integer> tags(Settings settings) {
        List<Integer> ids = new ArrayList<>();
        for (String id : settings.optional("cxone.digital.tag-ids").orElse("").split("[, ]+")) {
            if (id.matches("[0-9]{1,9}")) {
                ids.add(Integer.valueOf(id));
            } else if (!id.isEmpty()) {
                settings.problem(
                        "cxone.digital.tag-ids has %s; allowed: whole numbers with commas between".formatted(id));
            }
        }
        return ids;
    }

    private static boolean fits(Settings settings, String area) {
        boolean fits = AREA.matcher(area).matches();
        if (!fits) {
            settings.problem("cxone.digital.area is %s; it must look like na1".formatted(area));
        }
        return fits;
    }

    private static String ofArea(String area) {
        return "https://api-de-%s.%s".formatted(area, area.equals("na2") ? "nicecxone-gov.com" : "niceincontact.com");
    }

    private static String channel(Settings settings) {
        String id = settings.required("cxone.digital.channel-id", "the id of the channel for the archive");
        if (!id.isEmpty() && !CHANNEL.matcher(id).matches()) {
            settings.problem("cxone.digital.channel-id is %s; it must be of A-Z a-z 0-9 . _ ~ - only".formatted(id));
        }
        return id;
    }
}
