package io.registrycache;

import io.registrycache.config.CacheConfig;
import java.util.List;
import java.util.function.Supplier;

/** The commands that the program runs in place of serving. */
final class Commands {

    private Commands() {}

    /** Runs a command, and returns the exit code. */
    static int run(String[] args, Supplier<CacheConfig> config) throws Exception {
        List<String> rest = List.of(args).subList(1, args.length);
        return switch (args[0]) {
            case "purge" -> new PurgeCommand(config.get()).run(rest);
            case "warm" -> new WarmCommand(config.get()).run(rest);
            case "--check" -> new CheckCommand(config.get(), System.out).run();
            default -> Usage.answer(args);
        };
    }
}
