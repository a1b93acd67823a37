package io.cxt.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What is printed. Absolute figures tell of the machine; the ratios of each round tell of the contenders. */
final class Tables {

    private Tables() {}

    static String row(int run, Contender contender, Measurement result, String load) {
        return "| %d | %s | %,.0f | %.3f | %.0f | %.2f | %s |"
                .formatted(
                        run,
                        contender.title,
                        result.perSecond(),
                        result.cpuSecondsPerThousand(),
                        result.peakMiB(),
                        result.firstPostSeconds(),
                        load);
    }

    /** Each contender beside the one by hand, round by round: least, median and most. */
    static List<String> ratios(Map<Contender, List<Measurement>> results) {
        List<String> lines = new ArrayList<>();
        lines.add("| beside the one by hand (least, **median**, most) | a second | CPU | peak memory | first post |");
        lines.add("|---|---|---|---|---|");
        for (Contender contender : results.keySet()) {
            if (contender != Contender.BY_HAND) {
                List<Measurement> its = results.get(contender);
                List<Measurement> byHand = results.get(Contender.BY_HAND);
                lines.add("| %s | %s | %s | %s | %s |"
                        .formatted(
                                contender.title,
                                spread(its, byHand, Measurement::perSecond),
                                spread(its, byHand, Measurement::cpuSecondsPerThousand),
                                spread(its, byHand, Measurement::peakMiB),
                                spread(its, byHand, Measurement::firstPostSeconds)));
            }
        }
        return lines;
    }

    private static String spread(
            List<Measurement> its, List<Measurement> byHand, ToDoubleFunction<Measurement> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < its.size(); i++) {
            ratios.add(figure.applyAsDouble(its.get(i)) / figure.applyAsDouble(byHand.get(i)));
        }
        ratios.sort(null);
        int half = ratios.size() / 2;
        double median = ratios.size() % 2 == 1 ? ratios.get(half) : (ratios.get(half - 1) + ratios.get(half)) / 2;
        return "%.2f **%.2f** %.2f".formatted(ratios.get(0), median, ratios.get(ratios.size() - 1));
    }
}
