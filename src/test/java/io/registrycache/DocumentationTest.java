package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.rig.CommandBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages for readers: links lead to a page, each command is run or says why not, and the README stays short. */
class DocumentationTest {

    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|mailto:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
    private static final int MOST_LINES = 150;

    @Test
    void shouldLinkToFilesAndHeadingsThatExist() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : CommandBlock.pages()) {
            for (MatchResult link :
                    LINK.matcher(Files.readString(page)).results().toList()) {
                Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                if (!Files.exists(target) || (link.group(2) != null && !hasHeading(target, link.group(2)))) {
                    broken.add(page + ": " + link.group());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    /** As GitHub names the anchors of headings. */
    private static boolean hasHeading(Path page, String anchor) throws IOException {
        return HEADING.matcher(Files.readString(page))
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
                .anyMatch(anchor::equals);
    }

    @Test
    void shouldSayOfEachCommandWhetherATestRunsIt() {
        assertThat(CommandBlock.all())
                .hasSizeGreaterThan(20)
                .allSatisfy(block -> assertThat(block.mark())
                        .as("the comment above %s", block)
                        .matches("run|start|run by \\w+IT|not run: .{10,}"));
    }

    @Test
    void shouldNameTestsThatRunACommand() {
        assertThat(CommandBlock.all()
                        .map(CommandBlock::mark)
                        .filter(mark -> mark.startsWith("run by "))
                        .map(mark -> Path.of("src/test/java/io/registrycache", mark.substring(7) + ".java")))
                .isNotEmpty()
                .allSatisfy(test -> assertThat(test).content().contains("CommandBlock.runBy("));
    }

    /** An indented block, or one of another shell's name, would be overlooked. */
    @Test
    void shouldHaveNoCommandsOutsideBlocksOfSh() throws IOException {
        for (Path page : CommandBlock.pages()) {
            String prose = FENCED.matcher(Files.readString(page)).replaceAll("");
            assertThat(prose)
                    .as(page.toString())
                    .doesNotContainPattern("\n\n {4}\\S")
                    .doesNotContain("```");
            assertThat(Files.readString(page)).as(page.toString()).doesNotContainPattern("```(bash|shell|console)");
        }
    }

    @Test
    void shouldKeepTheReadmeShort() throws IOException {
        assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(MOST_LINES);
    }
}
