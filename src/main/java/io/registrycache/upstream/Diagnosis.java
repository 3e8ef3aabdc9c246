package io.registrycache.upstream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.registrycache.config.Upstream;
import io.registrycache.request.RegistryException;
import io.registrycache.upstream.Step.Outcome;
import io.registrycache.upstream.Verdict.Fine;
import io.registrycache.upstream.Verdict.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells from the steps of a check whether pulls from an upstream would work, and the fix if not. */
final class Diagnosis {

    private static final String GIVE_CREDENTIALS =
            "give REGISTRY_PROXY_USERNAME and REGISTRY_PROXY_PASSWORD in the upstream's variables";
    private static final String CORRECT_CREDENTIALS =
            "correct REGISTRY_PROXY_USERNAME and REGISTRY_PROXY_PASSWORD; many registries want a token in place of"
                    + " the password";
    private static final String CORRECT_HOST =
            "give the host of the registry itself; on a network with a login page, log in first";

    private final Upstream upstream;
    private final boolean hasCredentials;
    private final Unreachable unreachable;

    Diagnosis(Upstream upstream, Map<String, String> environment) {
        this.upstream = upstream;
        this.hasCredentials =
                !environment.getOrDefault("REGISTRY_PROXY_USERNAME", "").isBlank();
        this.unreachable = new Unreachable(new Proxies(environment));
    }

    /**
     * The verdict.
     *
     * @param steps in their order
     * @param failure the reason if there is not a final answer
     */
    Verdict of(List<Step> steps, Optional<Exception> failure) {
        if (steps.isEmpty()) {
            return new Problem("cannot be asked", "look for an error above");
        }
        Step last = steps.get(steps.size() - 1);
        if (last.outcome() instanceof Outcome.Failed failed) {
            return unreachable.problem(last.request().url(), failed.why());
        }
        if (!(last.outcome() instanceof Outcome.Answered answer)) {
            return unreachable.silent(last.request().url());
        }
        Optional<Verdict> general = ofAnyHost(last, answer);
        if (general.isPresent()) {
            return general.get();
        }
        if (last.isForToken()) {
            return ofTokenService(last, answer);
        }
        if (failure.isPresent() && failure.get() instanceof RegistryException refused) {
            return new Problem(sentence(refused), CORRECT_HOST);
        }
        return answer.status() == 401 ? ofUnauthorized(last, answer) : ofRegistry(last, answer, steps);
    }

    /** Without the name, which stands in front of it. */
    private String sentence(RegistryException refused) {
        return String.valueOf(refused.getMessage()).replace("the upstream registry " + upstream.name() + " ", "");
    }

    /** The same of a registry and of a token service. */
    private Optional<Verdict> ofAnyHost(Step step, Outcome.Answered answer) {
        String host = named(step);
        int status = answer.status();
        if (status == 407) {
            return Optional.of(unreachable.proxyRefuses(step.request().url()));
        }
        if (status == 429) {
            String pause = UpstreamErrors.limits(answer.head().headers(), "").getOrDefault("Retry-After", "");
            return Optional.of(new Problem(
                    host + " limits the rate of requests (429)",
                    (pause.matches("[0-9]+") ? "wait for " + pause + " s" : "wait")
                            + (hasCredentials ? "" : "; with credentials more is allowed: " + GIVE_CREDENTIALS)));
        }
        if (answer.isWebPage() && status != 401) {
            return Optional.of(new Problem(host + " answers with a web page (status " + status + ")", CORRECT_HOST));
        }
        if (status >= 500) {
            return Optional.of(new Problem(host + " fails with status " + status, "try again later"));
        }
        return Optional.empty();
    }

    private Verdict ofTokenService(Step step, Outcome.Answered answer) {
        int status = answer.status();
        boolean isRefusal = status == 400 || status == 401 || status == 403;
        if (isRefusal && !hasCredentials) {
            // Without credentials some give tokens for repositories only.
            return new Fine("without credentials");
        }
        if (status == 401 || status == 403) {
            return new Problem(
                    named(step) + " does not accept the credentials (status " + status + ")", CORRECT_CREDENTIALS);
        }
        return new Problem(
                named(step) + " answers without a token (status " + status + ")",
                "ask the registry's operator; on a network with a login page, log in first");
    }

    private Verdict ofUnauthorized(Step step, Outcome.Answered answer) {
        Optional<Challenge> challenge =
                Challenge.best(answer.head().headers().getAll(HttpHeaderNames.WWW_AUTHENTICATE));
        if (challenge.isEmpty()) {
            return new Problem(named(step) + " denies access (401) and does not say how to ask", CORRECT_HOST);
        }
        if (!isOwn(step)) {
            return ofRedirect(Origin.of(step.request().url()));
        }
        if (challenge.get().isBearer() && !hasCredentials && step.hasCredentials()) {
            // A token without credentials opens public repositories only.
            return new Fine("without credentials");
        }
        if (step.hasCredentials()) {
            return new Problem(named(step) + " does not accept the credentials (401)", CORRECT_CREDENTIALS);
        }
        return challenge.get().isBasic()
                ? new Problem(named(step) + " asks for a user and a password (401)", GIVE_CREDENTIALS)
                : new Problem(
                        named(step)
                                + " names a token service that is not trusted: its URL is malformed, or without TLS",
                        "ask the registry's operator; a registry without TLS is given as http://…");
    }

    /** The credentials are for the registry itself. */
    private Verdict ofRedirect(Origin target) {
        String text = "redirects to " + target + ", which gets no credentials";
        return hasCredentials
                ? new Problem(text, "give " + target + " itself, if the credentials are for it")
                : new Fine(text);
    }

    private Verdict ofRegistry(Step step, Outcome.Answered answer, List<Step> steps) {
        int status = answer.status();
        if (status == 200) {
            return new Fine(remark(step, steps));
        }
        if (status == 403) {
            return new Problem(
                    named(step) + " denies access (403)", hasCredentials ? CORRECT_CREDENTIALS : GIVE_CREDENTIALS);
        }
        boolean isPlain = upstream.url().getScheme().equals("http");
        return new Problem(
                named(step) + " is not a registry: /v2/ answers with status " + status,
                status == 400 && isPlain ? "if it wants TLS, give it as https://…" : CORRECT_HOST);
    }

    private String remark(Step last, List<Step> steps) {
        if (!hasCredentials) {
            return "";
        }
        boolean isChecked = last.hasCredentials() || steps.stream().anyMatch(it -> it.isForToken());
        return isChecked ? "credentials accepted" : "does not ask for credentials, so they are not checked";
    }

    private boolean isOwn(Step step) {
        return Origin.of(step.request().url()).equals(Origin.of(upstream.url()));
    }

    private String named(Step step) {
        Origin origin = Origin.of(step.request().url());
        return step.isForToken() ? "its token service " + origin : origin.toString();
    }
}
