package io.registrycache;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mistakes in files that were changed: each is one line of the log, once for each content of the files. */
final class Mistakes {

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /** A folder of certificates may have hundreds. */
    private static final int MOST_NAMES = 5;

    /**
     * A mistake.
     *
     * @param contents of the files that it may be in
     */
    private record Told(String line, Map<Path, String> contents) {

        /** A file that is named for the first time is not new content. */
        boolean isOf(Map<Path, String> now) {
            return contents.entrySet().stream().allMatch(it -> it.getValue().equals(now.get(it.getKey())));
        }
    }

    private final Map<String, Exception> found = new HashMap<>();
    private final Map<String, Told> told = new HashMap<>();

    /** Forgets the earlier mistakes. */
    void begin() {
        found.clear();
    }

    /** Does something, or notes that it fails. */
    <T> Optional<T> guard(String source, Callable<T> work) {
        try {
            return Optional.of(work.call());
        } catch (Exception e) {
            found.put(source, e);
            return Optional.empty();
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /**
     * Logs the mistakes that were not logged before.
     *
     * @param files of each source
     * @param now the contents of all files, and {@code applied} those without a mistake
     */
    void tell(Map<String, ? extends Collection<Path>> files, Map<Path, String> now, Map<Path, String> applied) {
        told.keySet().retainAll(found.keySet());
        found.forEach((source, failure) -> {
            Map<Path, String> contents = now.entrySet().stream()
                    .filter(it -> Objects.requireNonNullElse(files.get(source), List.<Path>of())
                            .contains(it.getKey()))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            String names = contents.keySet().stream()
                    .filter(file -> !Objects.equals(contents.get(file), applied.get(file)))
                    .map(Path::toString)
                    .sorted()
                    .limit(MOST_NAMES)
                    .collect(Collectors.joining(", "));
            Optional<String> mistake = StartFailure.mistake(failure);
            Told next = new Told(mistake.orElseGet(failure::toString), contents);
            Told before = told.put(source, next);
            if (before == null || !before.line().equals(next.line()) || !before.isOf(contents)) {
                log(names, mistake, failure);
            }
        });
    }

    private static void log(String names, Optional<String> mistake, Exception failure) {
        if (mistake.isEmpty()) {
            LOG.error("{}: unexpected error; the configuration stays as it was", names, failure);
        } else {
            String place = mistake.get().startsWith(names) ? "" : names + ": ";
            LOG.error("{}{}; the configuration stays as it was", place, mistake.get());
        }
    }
}
