package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.registrycache.rig.Kubernetes;
import io.registrycache.rig.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files in deploy/ are valid, and agree with each other and with the program. */
class DeployTest {

    private static final Path DEPLOY = Path.of("deploy");
    private static final Path KUBERNETES = DEPLOY.resolve("kubernetes");
    private static final Pattern IMAGE = Pattern.compile("(ghcr\\.io/registry-cache/docker-registry-cache):([0-9.]+)");

    private static List<HasMetadata> manifests() throws IOException {
        return Kubernetes.objects(Files.readString(KUBERNETES.resolve("namespace.yaml"))
                + "\n---\n" + Files.readString(KUBERNETES.resolve("deployment.yaml"))
                + "\n---\n" + Files.readString(KUBERNETES.resolve("service.yaml"))
                + "\n---\n" + Files.readString(KUBERNETES.resolve("volume.yaml")));
    }

    private static <T> T only(List<HasMetadata> objects, Class<T> kind) {
        List<T> all = objects.stream().filter(kind::isInstance).map(kind::cast).toList();
        assertThat(all).as(kind.getSimpleName()).hasSize(1);
        return all.get(0);
    }

    @Test
    void shouldShowPullCommandsThatNodesCanUseAndPublishTheEndpointOnly() throws IOException {
        Service service = only(manifests(), Service.class);
        String url = only(manifests(), Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getEnv()
                .stream()
                .filter(it -> it.getName().equals("PUBLIC_URL"))
                .findFirst()
                .orElseThrow()
                .getValue();

        assertThat(service.getSpec().getPorts())
                .singleElement()
                .satisfies(port -> assertThat(url).endsWith(":" + port.getNodePort()));
    }

    private static void assertRestricted(PodSpec pod) {
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getContainers()).allSatisfy(container -> {
            assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                    .isFalse();
            assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                    .isTrue();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
        });
    }

    private static void assertMountsHaveVolumes(PodSpec pod) {
        List<String> volumes = pod.getVolumes().stream().map(Volume::getName).toList();
        Container container = pod.getContainers().get(0);
        assertThat(container.getVolumeMounts())
                .allSatisfy(mount -> assertThat(volumes).contains(mount.getName()))
                .hasSameSizeAs(volumes);
    }

    @Test
    void shouldHoldOnlyFieldsThatKubernetesKnows() throws IOException {
        assertThat(manifests())
                .hasOnlyElementsOfTypes(Namespace.class, Deployment.class, Service.class, PersistentVolumeClaim.class);
    }

    @Test
    void shouldNotPassOverAFieldThatKubernetesDoesNotKnow() throws IOException {
        String mistaken = Files.readString(KUBERNETES.resolve("deployment.yaml"))
                .replace("readOnlyRootFilesystem", "readonlyRootFilesystem");

        assertThatThrownBy(() -> Kubernetes.objects(mistaken)).hasMessageContaining("readonlyRootFilesystem");
    }

    @Test
    void shouldRunInAClusterThatAllowsLittle() throws IOException {
        PodSpec pod =
                only(manifests(), Deployment.class).getSpec().getTemplate().getSpec();

        assertRestricted(pod);
        assertMountsHaveVolumes(pod);
        assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThan(30);
    }

    @Test
    void shouldProbeAndPublishPortsThatThereAre() throws IOException {
        List<HasMetadata> manifests = manifests();
        Deployment deployment = only(manifests, Deployment.class);
        Container container =
                deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
        Set<String> ports =
                container.getPorts().stream().map(port -> port.getName()).collect(Collectors.toSet());

        for (var probe :
                List.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe())) {
            assertThat(ports).contains(probe.getHttpGet().getPort().getStrVal());
        }
        Service service = only(manifests, Service.class);
        assertThat(service.getSpec().getPorts())
                .allSatisfy(
                        port -> assertThat(ports).contains(port.getTargetPort().getStrVal()));
        assertThat(service.getSpec().getSelector())
                .isEqualTo(deployment.getSpec().getTemplate().getMetadata().getLabels());
    }

    @Test
    void shouldBeBuiltByKustomize() {
        Kubernetes.assumeKustomize();

        List<HasMetadata> built = Kubernetes.build(KUBERNETES);

        PodSpec pod = only(built, Deployment.class).getSpec().getTemplate().getSpec();
        assertThat(pod.getContainers().get(0).getImage()).matches(IMAGE);
        assertThat(pod.getVolumes())
                .extracting(Volume::getConfigMap)
                .anySatisfy(map -> assertThat(map)
                        .isNotNull()
                        .extracting("name")
                        .asString()
                        .startsWith("upstreams-"));
        assertThat(built).hasSize(5);
    }

    @Test
    void shouldBeBuiltForReplicasWithoutAVolume() {
        Kubernetes.assumeKustomize();

        List<HasMetadata> built = Kubernetes.build(DEPLOY.resolve("kubernetes-replicas"));

        Deployment deployment = only(built, Deployment.class);
        PodSpec pod = deployment.getSpec().getTemplate().getSpec();
        assertThat(deployment.getSpec().getReplicas()).isEqualTo(2);
        assertThat(built).noneMatch(PersistentVolumeClaim.class::isInstance);
        assertThat(pod.getVolumes()).noneMatch(volume -> volume.getPersistentVolumeClaim() != null);
        assertRestricted(pod);
        assertMountsHaveVolumes(pod);
    }

    @Test
    void shouldNameOneVersionOfTheImageEverywhere() throws IOException {
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            Stream<Path> pages = Stream.of(Path.of("README.md"), Path.of("docs/configure.md"));
            Set<String> versions = Stream.concat(files.filter(Files::isRegularFile), pages)
                    .flatMap(file -> IMAGE.matcher(text(file)).results())
                    .map(MatchResult::group)
                    .collect(Collectors.toSet());
            JsonNode images = Yaml.documents(Files.readString(KUBERNETES.resolve("kustomization.yaml")))
                    .get(0)
                    .get("images");
            versions.add(
                    images.at("/0/name").asText() + ":" + images.at("/0/newTag").asText());

            assertThat(versions).containsExactly("ghcr.io/registry-cache/docker-registry-cache:" + versionOfThePom());
        }
    }

    private static String versionOfThePom() {
        Matcher revision = Pattern.compile("<revision>(.+)-SNAPSHOT</revision>").matcher(text(Path.of("pom.xml")));
        assertThat(revision.find()).isTrue();
        return revision.group(1);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
