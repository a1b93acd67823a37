package io.cxt.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Party;
import io.cxt.transcript.Transcript;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How much of what is there is found, and how much of what is found is there: messages from a seed, of which the truth is
 * known. docs/redaction.md has the figures.
 */
class GeneratedTextsTest {
    private static final int MESSAGES = 4_000;
    private static final Party CUSTOMER = new Party("c-1", "customer");
    private static final Party AGENT = new Party("a-1", "agent");
    private static final List<String> WORDS = List.of(
            "Hello, my number is %s, thank you",
            "%s", "it's %s.", "(%s)", "please use %s for that", "Danke! %s", "ok - %s!", "nr: %s\nregards");
    private static final List<String> BETWEEN = List.of("", " ", "-", "\u00a0", " - ", ".", "\u2013", "  ");
    private static final List<String> ISSUERS = List.of(
            "4:16", "4:13", "4:19", "51:16", "55:16", "2221:16", "2720:16", "34:15", "37:15", "6011:16", "65:16",
            "644:16", "300:14", "36:14", "38:14", "3528:16", "3589:16", "62:16", "62:19", "5018:16", "6759:16",
            "2204:16");
    private static final List<String> IBANS = List.of(
            "DE18", "GB18", "FR23", "ES20", "IT23", "NL14", "BE12", "AT16", "CH17", "PL24", "PT21", "SE20", "NO11",
            "DK14", "FI14", "IE18", "CZ20", "HU24", "GR23", "SA20");
    private static final List<String> CODES = List.of(
            "cvv %s",
            "CVV: %s",
            "the security code is %s",
            "my cvc is %s",
            "CVC2 %s",
            "%s is the cvv",
            "security code on the back: %s",
            "Prüfnummer %s",
            "Sicherheitscode: %s",
            "card verification code %s",
            "código de seguridad %s");

    private final Random random = new Random(20261129);

    private record Truth(String rule, String text) {}

    @Test
    void finds_what_is_there_and_little_else() {
        Redaction redaction = PolicyTexts.shipped("personal");
        Map<String, int[]> scores = new TreeMap<>(); // there, found of it, found elsewhere
        for (int i = 0; i < MESSAGES; i++) {
            Truth truth = message(i);
            Map<String, Integer> found =
                    redaction.found(List.of(said(truth.text()))).get(0);
            found.forEach((rule, count) -> {
                int[] score = scores.computeIfAbsent(rule, none -> new int[3]);
                if (!rule.equals(truth.rule())) {
                    score[2] += count;
                    System.out.println("beside: " + rule + " in " + truth);
                }
            });
            if (!truth.rule().isEmpty()) {
                int[] score = scores.computeIfAbsent(truth.rule(), none -> new int[3]);
                score[0]++;
                score[1] += found.containsKey(truth.rule()) ? 1 : 0;
                if (!found.containsKey(truth.rule())) {
                    System.out.println("missed: " + truth);
                }
            }
        }
        scores.forEach((rule, score) -> System.out.printf(
                "%s: %s there, recall %.4f, precision %.4f%n", rule, score[0], recall(score), precision(score)));

        assertThat(scores).containsOnlyKeys("card", "cvv", "iban", "email", "phone");
        assertThat(recall(scores.get("card"))).isEqualTo(1.0);
        assertThat(recall(scores.get("iban"))).isEqualTo(1.0);
        assertThat(recall(scores.get("email"))).isEqualTo(1.0);
        assertThat(recall(scores.get("cvv"))).isEqualTo(1.0);
        assertThat(recall(scores.get("phone"))).isGreaterThanOrEqualTo(0.97);
        scores.forEach((rule, score) ->
                assertThat(precision(score)).as(rule).isGreaterThanOrEqualTo(rule.equals("phone") ? 0.95 : 0.99));
    }

    @Test
    void a_card_number_in_two_messages_is_found_wherever_it_is_cut() {
        Redaction redaction = PolicyTexts.shipped("cards");
        for (String issuer : ISSUERS) {
            String number = card(issuer);
            for (int cut = 1; cut < number.length(); cut++) {
                List<ChatMessage> chat = List.of(
                        said("it is " + number.substring(0, cut)),
                        new ChatMessage(
                                null, AGENT, CUSTOMER, "go on", MessageTime.of("2024-06-15T09:00:00Z"), null, null),
                        said(number.substring(cut) + " ok"));
                assertThat(redaction.found(chat)).as(number + " at " + cut).startsWith(Map.of("card", 1), Map.of());
            }
        }
    }

    /** Whatever is mixed: going through it again changes nothing, and no rule finds anything. */
    @ParameterizedTest
    @ValueSource(strings = {"mask", "remove", "hash", "keep-last-4"})
    void what_is_left_is_left_alone(String action, @TempDir Path folder) {
        Redaction redaction = PolicyTexts.of(
                folder,
                "version=1",
                "card.action=" + action,
                "iban.action=" + action,
                "cvv.action=" + (action.equals("remove") ? action : "mask"),
                "email.action=" + action,
                "phone.action=" + action,
                "own.x.pattern=[a-c]+ *[0-9]{2}|ok.*",
                "own.x.action=" + action);
        List<String> pieces = List.of(
                "4111",
                "1111",
                " ",
                "-",
                "4111111111111111",
                "cvv",
                "12",
                "123",
                "+1 650 253 0000",
                "DE89 3704 0044 0532 0130 00",
                "a@example.com",
                "[card]",
                "[cvv]",
                "[card:****1111]",
                "[",
                "]",
                ":",
                "\n",
                "is",
                "ok",
                "[x]",
                "@",
                ".",
                "(",
                "0");
        for (int round = 0; round < 3_000; round++) {
            List<ChatMessage> chat = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                StringBuilder text = new StringBuilder();
                for (int j = random.nextInt(9); j >= 0; j--) {
                    text.append(any(pieces));
                }
                chat.add(said(text.toString()));
            }
            Transcript once = left(redaction, new Transcript("i", "a", "c", chat));

            assertThat(left(redaction, once))
                    .as("%s", chat.stream().map(ChatMessage::text).toList())
                    .isEqualTo(once);
            assertThat(redaction.found(once.messages())).allMatch(Map::isEmpty);
        }
    }

    private static Transcript left(Redaction redaction, Transcript transcript) {
        return redaction
                .left(new Entry(1, 1, null, transcript, List.of(), List.of(), 0), transcript)
                .transcript();
    }

    private static double recall(int[] score) {
        return score[0] == 0 ? 1 : (double) score[1] / score[0];
    }

    private static double precision(int[] score) {
        return (double) score[1] / (score[1] + score[2]);
    }

    private static ChatMessage said(String text) {
        return new ChatMessage(null, CUSTOMER, AGENT, text, MessageTime.of("2024-06-15T09:00:00Z"), null, null);
    }

    private Truth message(int i) {
        return switch (i % 8) {
            case 0 -> new Truth("card", in(grouped(card(any(ISSUERS)))));
            case 1 -> new Truth("iban", in(iban(any(IBANS))));
            case 2 -> new Truth("email", in(email()));
            case 3 -> new Truth("phone", in(phone()));
            case 4 -> new Truth("cvv", in(any(CODES).formatted(digits(3 + random.nextInt(2)))));
            default -> new Truth("", in(lookAlike()));
        };
    }

    private String in(String value) {
        return any(WORDS).formatted(value);
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String digits(int count) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < count; i++) {
            digits.append((char) ('0' + random.nextInt(10)));
        }
        return digits.toString();
    }

    private String card(String issuer) {
        String[] of = issuer.split(":");
        return luhn(of[0] + digits(Integer.parseInt(of[1]) - of[0].length() - 1));
    }

    private static String luhn(String number) {
        int sum = 0;
        for (int i = 0; i < number.length(); i++) {
            int digit = (number.charAt(number.length() - 1 - i) - '0') * (i % 2 == 0 ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
        }
        return number + (10 - sum % 10) % 10;
    }

    /** In groups as on the card, in one, or in digits of another script. */
    private String grouped(String number) {
        String between = any(BETWEEN);
        boolean amex = number.length() == 15;
        StringBuilder grouped = new StringBuilder();
        int zero = any(List.of((int) '0', (int) '0', (int) '0', 0xFF10, 0x0660, 0x0966));
        for (int i = 0; i < number.length(); i++) {
            if (i > 0 && (amex ? i == 4 || i == 10 : i % 4 == 0)) {
                grouped.append(between);
            }
            grouped.append((char) (zero + number.charAt(i) - '0'));
        }
        return grouped.toString();
    }

    private String iban(String country) {
        String bank = (country.startsWith("GB") || country.startsWith("NL") || country.startsWith("IE") ? "ABCD" : "");
        String account = bank + digits(Integer.parseInt(country.substring(2)) - bank.length());
        String plain = account + country.substring(0, 2) + "00";
        int rest = 0;
        for (char c : plain.toCharArray()) {
            int value = Character.digit(c, 36);
            rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
        }
        String iban = country.substring(0, 2) + "%02d".formatted(98 - rest) + account;
        String between = any(List.of("", " ", "\u00a0", "-"));
        return iban.replaceAll("(.{4})(?=.)", "$1" + between);
    }

    private String email() {
        return any(List.of("jane.doe", "j", "info+chat", "o_neill", "max.müller", "a1b2")) + random.nextInt(1000) + "@"
                + any(List.of("example.com", "mail.example.co.uk", "xn--bcher-kva.example", "firma.example"));
    }

    private String phone() {
        PhoneNumberUtil phones = PhoneNumberUtil.getInstance();
        String region = any(List.of("US", "GB", "DE", "FR", "IN", "BR", "AU", "JP", "ES", "SE"));
        PhoneNumber number = phones.getExampleNumberForType(
                region, any(List.of(PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)));
        return phones.format(
                number,
                region.equals("US") && random.nextBoolean()
                        ? PhoneNumberFormat.NATIONAL
                        : any(List.of(PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164)));
    }

    /** What has digits, and none that a rule is for. */
    private String lookAlike() {
        List<String> all = new ArrayList<>();
        String card = card(any(ISSUERS));
        all.add("order " + card.substring(0, card.length() - 1) + (card.charAt(card.length() - 1) - '0' + 1) % 10);
        all.add("order ORD-" + digits(6));
        all.add("order #" + digits(8));
        all.add("tracking 1Z" + digits(3) + "AA1" + digits(10));
        all.add("parcel 00" + digits(20));
        all.add("on 2026-%02d-%02d 10:30".formatted(1 + random.nextInt(12), 1 + random.nextInt(28)));
        all.add("from 12.%02d.2026 to 24.12.2026".formatted(1 + random.nextInt(12)));
        all.add("it costs %s.%s EUR".formatted(1 + random.nextInt(9_000), digits(2)));
        all.add("room " + (100 + random.nextInt(900)));
        all.add("version 1.2." + random.nextInt(100));
        all.add("id %08x-%04x-4%03x-a%03x-%012x"
                .formatted(
                        random.nextInt(),
                        random.nextInt(65536),
                        random.nextInt(4096),
                        random.nextInt(4096),
                        random.nextLong() >>> 16));
        all.add("sha %016x%016x%016x%016x"
                .formatted(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
        all.add("DE" + digits(2) + " is a road");
        all.add("meet @ " + random.nextInt(24) + "h");
        all.add("@user" + digits(3));
        all.add("at " + (1_700_000_000_000L + random.nextInt()) + " ms");
        return any(all);
    }
}
