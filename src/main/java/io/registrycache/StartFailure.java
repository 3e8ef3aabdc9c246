package io.registrycache;

import io.registrycache.config.ConfigException;
import java.util.Optional;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.NoSuchBeanException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Why the program cannot start, in the one line that helps. */
final class StartFailure {

    private static final Logger LOG = LoggerFactory.getLogger(StartFailure.class);

    private StartFailure() {}

    /** The line, out of a chain of causes; a mistake that is not the user's is logged with its trace, too. */
    static String explain(Throwable failure) {
        return mistake(failure).orElseGet(() -> {
            LOG.error("cannot start", failure);
            return firstLine(String.valueOf(failure.getMessage()));
        });
    }

    /** The line, if the mistake is the user's. */
    static Optional<String> mistake(Throwable failure) {
        String route = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigException) {
                return Optional.of(String.valueOf(cause.getMessage()));
            }
            if (cause instanceof MarkedYamlEngineException yaml) {
                return Optional.of(yaml(yaml));
            }
            if (cause instanceof FailedToCreateRouteException inRoute) {
                route = "route " + inRoute.getRouteId() + ": ";
            }
            if (cause instanceof NoSuchBeanException bean) {
                return Optional.of("ROUTES_DIR: " + route + "unknown bean \"" + bean.getName() + "\"");
            }
            if (!route.isEmpty() && cause.getCause() == null) {
                return Optional.of("ROUTES_DIR: " + route + firstLine(String.valueOf(cause.getMessage())));
            }
        }
        return Optional.empty();
    }

    private static String yaml(MarkedYamlEngineException failure) {
        String problem = failure.getContext() == null || failure.getContext().isBlank()
                ? failure.getProblem()
                : failure.getContext() + ": " + failure.getProblem();
        Optional<Mark> mark = failure.getProblemMark().or(failure::getContextMark);
        return mark.map(at -> at.getName().replaceFirst("^file:", "") + ", line " + (at.getLine() + 1) + ", column "
                                + (at.getColumn() + 1) + ": ")
                        .orElse("ROUTES_DIR: ")
                + firstLine(problem);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
