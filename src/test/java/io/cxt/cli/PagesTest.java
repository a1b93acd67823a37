package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.ManPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Completion, man page and the pages in the zip are of the command as it is. */
class PagesTest {
    private static final Path ZIP = Path.of("src/main/assembly/distribution.xml");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)[^):]*\\)");
    private static final Pattern FOLDER = Pattern.compile("<directory>([^<]+)</directory>");
    private static final Pattern FILE = Pattern.compile("<include>([\\w.]+)</include>");

    @Test
    void the_completion_is_what_picocli_makes_of_the_command() throws Exception {
        assertIsAsMade("src/main/dist/completion/cxt.bash", AutoComplete.bash("cxt", Cxt.line()));
    }

    @Test
    void the_man_page_is_what_the_command_says_of_itself() throws Exception {
        String page = ManPage.of(Cxt.line());

        assertIsAsMade("src/main/dist/man/man1/cxt.1", page);
        assertNamesAll(Cxt.line(), page.replace("\\-", "-"));
    }

    private static void assertNamesAll(CommandLine command, String page) {
        if (command.getCommandSpec().usageMessage().hidden()) {
            return;
        }
        assertThat(page).contains(command.getCommandSpec().qualifiedName());
        command.getCommandSpec().options().forEach(option -> assertThat(page).contains(option.longestName()));
        command.getSubcommands().values().forEach(verb -> assertNamesAll(verb, page));
    }

    @Test
    void each_line_of_a_list_of_verbs_is_a_whole_sentence() {
        assertListsSentences(Cxt.line());
    }

    /** A list shows the first line of each description. */
    private static void assertListsSentences(CommandLine command) {
        command.getSubcommands().forEach((name, verb) -> {
            String[] description = verb.getCommandSpec().usageMessage().description();
            assertThat(description[0])
                    .as(verb.getCommandSpec().qualifiedName())
                    .endsWith(".")
                    .hasSizeLessThan(130);
            if (!name.equals("help")) {
                assertListsSentences(verb);
            }
        });
    }

    private static void assertIsAsMade(String file, String text) throws IOException {
        Path made = Path.of("target", Path.of(file).getFileName().toString());
        Files.writeString(made, text);
        assertThat(Path.of(file))
                .as("the command was changed; run: cp %s %s", made, file)
                .hasContent(text);
    }

    @Test
    void bash_completes_verbs_and_options() throws Exception {
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "compopt() { :; }; . src/main/dist/completion/cxt.bash; complete -p cxt; for line in 'cxt dead-letters ' 'cxt run --o'; do"
                                + " COMP_LINE=$line; IFS=' ' read -ra COMP_WORDS <<<\"$line \"; case $line in *' ') COMP_WORDS+=('') ;; esac;"
                                + " COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _complete_cxt; echo \"${COMPREPLY[@]}\"; done")
                .redirectErrorStream(true)
                .start();

        assertThat(bash.inputReader().lines())
                .containsExactly("complete -o default -F _complete_cxt cxt", "list replay show", "--once --output");
    }

    @Test
    void each_link_of_a_page_in_the_zip_leads_to_something_in_the_zip() throws Exception {
        String zip = Files.readString(ZIP);
        List<Path> there = Stream.concat(
                        FOLDER.matcher(zip).results(), FILE.matcher(zip).results())
                .map(found -> Path.of(found.group(1)))
                .filter(path -> !path.toString().equals(".") && !path.startsWith("target"))
                .toList();
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            for (Path page : Stream.concat(docs, there.stream())
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList()) {
                Matcher link = LINK.matcher(Files.readString(page));
                while (link.find()) {
                    Path to = page.resolveSibling(link.group(1)).normalize();
                    assertThat(to).as(page.toString()).exists();
                    assertThat(there).as(page + " links to " + to).anyMatch(to::startsWith);
                }
            }
        }
    }
}
