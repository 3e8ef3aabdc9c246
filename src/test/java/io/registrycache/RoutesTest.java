package io.registrycache;

import static org.apache.camel.model.ProcessorDefinitionHelper.filterTypeInOutputs;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RouteTemplateParameterDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The YAML routes, read as Camel reads them, and held to the conventions of this house. */
class RoutesTest {

    private static final Path ROUTES = Path.of("routes");

    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void close() throws IOException {
        context.close();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(ROUTES)) {
            return files.sorted().toList();
        }
    }

    private void load(String name, String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(name, yaml));
    }

    private void loadAll() throws Exception {
        for (Path file : files()) {
            if (!file.endsWith("upstreams.camel.yaml")) {
                load(file.getFileName().toString(), Files.readString(file));
            }
        }
    }

    @Test
    void shouldLoad() throws Exception {
        loadAll();

        assertThat(context.getRouteDefinitions())
                .extracting(RouteDefinition::getRouteId)
                .containsExactlyInAnyOrder(
                        "front-door",
                        "catalog",
                        "back-door",
                        "ask-upstream",
                        "fetch",
                        "manifest",
                        "blob",
                        "child",
                        "relay",
                        "health",
                        "metrics",
                        "eviction",
                        "reload",
                        "warm",
                        "status-page",
                        "api-status",
                        "api-traffic",
                        "api-images",
                        "api-answer",
                        "traffic-account",
                        "statistics");
        assertThat(context.getRouteTemplateDefinitions())
                .extracting(RouteTemplateDefinition::getId)
                .containsExactlyInAnyOrder("upstream", "registry-process");
    }

    @Test
    void shouldDescribeEachRouteAndEachParameter() throws Exception {
        loadAll();

        assertThat(context.getRouteDefinitions()).allSatisfy(route -> {
            assertThat(route.getDescriptionText()).as(route.getRouteId()).isNotBlank();
            assertThat(route.getGroup()).as(route.getRouteId()).isNotBlank();
        });
        assertThat(context.getRouteTemplateDefinitions())
                .flatExtracting(RouteTemplateDefinition::getTemplateParameters)
                .extracting(RouteTemplateParameterDefinition::getDescription)
                .allSatisfy(description -> assertThat(description).isNotBlank());
    }

    /** Camel numbers from 1000 those that have no number. */
    @Test
    void shouldOpenTheFrontDoorLast() throws Exception {
        loadAll();

        assertThat(context.getRouteDefinitions())
                .filteredOn(route -> route.getStartupOrder() != null)
                .singleElement()
                .satisfies(route -> {
                    assertThat(route.getRouteId()).isEqualTo("front-door");
                    assertThat(route.getStartupOrder()).isGreaterThanOrEqualTo(10_000);
                });
    }

    /** They are loaded while Camel runs, which starts them one by one. */
    @ParameterizedTest
    @ValueSource(strings = {"management.camel.yaml", "status.camel.yaml"})
    void shouldStartARouteBeforeTheRoutesThatSendToIt(String file) throws Exception {
        load(file, Files.readString(ROUTES.resolve(file)));

        Set<String> started = new HashSet<>();
        for (RouteDefinition route : context.getRouteDefinitions()) {
            Collection<ToDefinition> sent = filterTypeInOutputs(route.getOutputs(), ToDefinition.class);
            assertThat(started)
                    .as("started before " + route.getRouteId())
                    .containsAll(sent.stream()
                            .map(ToDefinition::getEndpointUri)
                            .filter(uri -> uri.startsWith("direct:"))
                            .toList());
            started.add(route.getInput().getEndpointUri());
        }
    }

    @Test
    void shouldBeginEachFileWithACommentOfAtMostFiveLines() throws IOException {
        for (Path file : files()) {
            if (!file.endsWith("upstreams.camel.yaml")) {
                long comment = Files.readAllLines(file).stream()
                        .takeWhile(line -> line.startsWith("#"))
                        .count();
                assertThat(comment).as(file.toString()).isBetween(1L, 5L);
            }
        }
    }

    @Test
    void shouldReferOnlyToBeansThatTheProgramBinds() throws IOException {
        StringBuilder wiring = new StringBuilder();
        for (String file : List.of("RegistryCache", "PullBeans", "StatusBeans")) {
            wiring.append(Files.readString(Path.of("src/main/java/io/registrycache", file + ".java")));
        }
        Pattern reference = Pattern.compile("(?:ref: |\"#|routePolicy: )([a-zA-Z]+)\\b(?!-)");
        for (Path file : files()) {
            Collection<String> beans = reference
                    .matcher(Files.readString(file))
                    .results()
                    .map(result -> result.group(1))
                    .collect(Collectors.toSet());
            assertThat(beans)
                    .as(file.toString())
                    .allSatisfy(bean -> assertThat(wiring).contains("beans.bind(\"" + bean + "\""));
        }
    }

    @Test
    void shouldHaveAnExampleOfAnUpstreamThatWorksOnceItsSixLinesAreUncommented() throws Exception {
        String example = Files.readAllLines(ROUTES.resolve("upstreams.camel.yaml")).stream()
                .dropWhile(line -> !line.startsWith("# - "))
                .map(line -> line.substring(2))
                .collect(Collectors.joining("\n"));
        assertThat(example.lines()).hasSize(6);

        loadAll();
        load("upstreams.camel.yaml", example);

        assertThat(context.getRouteDefinitions())
                .extracting(RouteDefinition::getRouteId)
                .contains("registry.gitlab.com");
    }
}
