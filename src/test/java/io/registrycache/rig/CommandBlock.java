package io.registrycache.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Commands that a page tells its readers to type: a block of language {@code sh}, with a comment on the line above it.
 *
 * @param mark the comment: {@code run}, {@code start} for a block whose last command serves until it is ended,
 *     {@code run by SomeIT}, or {@code not run: reason}; empty if there is none
 */
public record CommandBlock(Path page, int line, String mark, String text) {

    private static final Pattern BLOCK =
            Pattern.compile("(?m)^(?:<!-- ([^\\n]+?) -->\\n)?(```+)sh\\n(.*?)\\n\\2$", Pattern.DOTALL);

    /** All pages for readers. */
    public static List<Path> pages() {
        List<Path> pages = new ArrayList<>();
        for (Path folder : List.of(Path.of("."), Path.of("docs"), Path.of("bench"))) {
            try (Stream<Path> files = Files.list(folder)) {
                files.map(Path::normalize)
                        .filter(file -> file.toString().endsWith(".md"))
                        .sorted()
                        .forEach(pages::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return pages;
    }

    /** All blocks of all pages. */
    public static Stream<CommandBlock> all() {
        return pages().stream().flatMap(CommandBlock::of);
    }

    /** The only block of a page that a test promises to run. */
    public static CommandBlock runBy(Class<?> test, String page) {
        List<CommandBlock> blocks = of(Path.of(page))
                .filter(block -> block.mark.equals("run by " + test.getSimpleName()))
                .toList();
        if (blocks.size() != 1) {
            throw new IllegalStateException(page + " has " + blocks.size() + " blocks that are run by " + test);
        }
        return blocks.get(0);
    }

    private static Stream<CommandBlock> of(Path page) {
        try {
            String text = Files.readString(page);
            return BLOCK.matcher(text).results().map(found -> of(page, text, found));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CommandBlock of(Path page, String text, MatchResult found) {
        int line = 1 + (int) text.substring(0, found.start(3)).lines().count();
        return new CommandBlock(page, line, found.group(1) == null ? "" : found.group(1), found.group(3));
    }

    /** As editors and compilers name a place. */
    @Override
    public String toString() {
        return page + ":" + line;
    }
}
