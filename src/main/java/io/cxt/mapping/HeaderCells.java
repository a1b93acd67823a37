package io.cxt.mapping;

import io.cxt.text.Nearest;
import io.cxt.text.SafeName;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The first row of a table: which of its cells are the columns that a mapping names. */
record HeaderCells(List<String> cells) {

    /**
     * The places of the column that has one of these names: the first name that is there as it is written; else the first
     * that is there in another case or with other blanks.
     *
     * @return empty when there is none, several when it cannot be told which
     */
    List<Integer> find(List<String> names) {
        for (String name : names) {
            List<Integer> found = where(cell -> cell.equals(name));
            if (!found.isEmpty()) {
                return found;
            }
        }
        for (String name : names) {
            String alike = IdCell.alike(name);
            List<Integer> found = where(cell -> IdCell.alike(cell).equals(alike));
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    /** How many of a table's columns are there. */
    long count(Table table) {
        return table.columns().values().stream()
                .filter(names -> find(names).size() == 1)
                .count();
    }

    private List<Integer> where(Predicate<String> cell) {
        return IntStream.range(0, cells.size())
                .filter(i -> cell.test(cells.get(i).strip()))
                .boxed()
                .toList();
    }

    /** In words, that several columns have one of these names. */
    String times(List<String> names, int times) {
        return names.stream()
                .filter(name -> where(cell -> cell.equals(name)).size() > 1)
                .findFirst()
                .map(name -> "the header has the column %s %s times".formatted(name, times))
                .orElse("the header has %s columns that differ from %s only by case or blanks"
                        .formatted(times, String.join(" or ", names)));
    }

    /**
     * In words, the column that one of these names may mean; empty when none is near. A cell that is not near is not named:
     * without a header it is what somebody wrote.
     */
    String nearest(List<String> names) {
        for (String name : names) {
            List<String> plain = cells.stream().map(String::strip).toList();
            String nearest = Nearest.to(name, plain);
            if (!nearest.isEmpty() && Nearest.edits(name, nearest, name.length()) <= Math.max(1, name.length() / 3)) {
                return ". The nearest is " + SafeName.log(nearest);
            }
        }
        return "";
    }
}
