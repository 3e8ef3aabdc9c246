package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.registrycache.rig.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of the release workflow before it builds anything, in a copy of the project. */
class ReleaseIT {

    private static final String SECTION =
            "## 9.8.7, 2026-01-02\n\n- First change.\n- Second change.\n\n## 9.8.6, 2026-01-01\n";

    @TempDir
    Path project;

    @BeforeEach
    void prepareRelease() throws IOException {
        Command.of("cp", "-a", ".ci", "README.md", "CHANGELOG.md", "pom.xml", "docs", "deploy", project.toString())
                .run();
        replace("pom.xml", "<revision>[^<]+-SNAPSHOT", "<revision>9.8.7-SNAPSHOT");
        replace("CHANGELOG.md", "## Unreleased", SECTION);
        String files = "grep -rlE 'docker-registry-cache:[0-9]|newTag' README.md docs deploy";
        String edit = "s/(registry-cache:|newTag: )[0-9][0-9.]+/\\19.8.7/";
        Command.of("sh", "-c", "cd " + project + " && " + files + " | xargs sed -i -E '" + edit + "'")
                .run();
    }

    private void replace(String file, String pattern, String replacement) throws IOException {
        String before = Files.readString(project.resolve(file));
        String after = before.replaceFirst(pattern, replacement);
        assertThat(after).as(file).isNotEqualTo(before);
        Files.writeString(project.resolve(file), after);
    }

    private String notes(String tag) {
        return Command.of(project.resolve(".ci/release-notes").toString(), tag).run();
    }

    @Test
    void shouldPrintTheSectionOfTheVersion() {
        assertThat(notes("v9.8.7")).isEqualTo("- First change.\n- Second change.\n");
    }

    @Test
    void shouldRefuseATagThatIsNotTheVersionOfThePom() {
        assertThatThrownBy(() -> notes("v9.8.6")).hasMessageContaining("pom.xml: revision is not 9.8.6-SNAPSHOT");
        assertThatThrownBy(() -> notes("v9.8")).hasMessageContaining("the tag 'v9.8' is not like v1.2.3");
    }

    @Test
    void shouldRefuseADeploymentOfAnotherVersion() throws IOException {
        replace("deploy/kubernetes/kustomization.yaml", "newTag: 9.8.7", "newTag: 9.8.70");

        assertThatThrownBy(() -> notes("v9.8.7"))
                .hasMessageContaining("another version than 9.8.7", "deploy/kubernetes/kustomization.yaml");
    }

    @Test
    void shouldRefuseAVersionWithoutChanges() throws IOException {
        replace("CHANGELOG.md", "- First change.\n- Second change.\n", "");

        assertThatThrownBy(() -> notes("v9.8.7")).hasMessageContaining("has nothing below '## 9.8.7, 2026-01-02'");
    }
}
