package io.registrycache;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Chromium;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Download;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.TempFolder;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The status page in a real browser, while real pulls run; its pictures lie in {@code target/screenshots}. */
class StatusPageIT {

    private static final LocatorAssertions.ContainsTextOptions PATIENTLY =
            new LocatorAssertions.ContainsTextOptions().setTimeout(45_000);
    /** Folders whose names have spaces are not listed. */
    private static final String HOSTILE = "<img><script>alert(1)";

    private Chromium chromium;
    private TempFolder folder;
    private UpstreamRegistry upstream;
    private CacheProcess cache;
    private Blob large;

    @BeforeEach
    void start() throws IOException {
        chromium = Chromium.start();
        folder = TempFolder.create();
        upstream = UpstreamRegistry.open();
        PushedImage pushed;
        try (OciImage image = OciImage.random(11, 50_000, 20_000_000)) {
            pushed = image.push(upstream, "my/image", "1.0");
            image.push(upstream, "library/debian", "12-slim");
        }
        large = pushed.layers().get(1);
        startCache(upstream.configElement("ghcr.io"));
        pull("ghcr.io/my/image:1.0");
        cache.awaitCached("ghcr.io", large);
    }

    private void startCache(String first) {
        cache = CacheProcess.builder()
                .upstreams(
                        first,
                        upstream.configElement("docker.io"),
                        ConfigElement.of("away.example.com", "http://127.0.0.1:" + Ports.free()))
                .storage(folder.resolve("storage"))
                .start();
    }

    @AfterEach
    void stop() {
        cache.close();
        upstream.close();
        folder.close();
        chromium.close();
    }

    private void pull(String image) throws IOException {
        Skopeo.anonymous().copy(cache.endpoint() + "/" + image, folder.resolve("layout" + System.nanoTime()));
    }

    private Thread slowPull() {
        Thread thread = new Thread(() -> {
            try {
                Download.of(cache.url() + "/v2/ghcr.io/my/image/blobs/" + large.digest())
                        .throttledTo(2_000_000)
                        .run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private Page open(Browser.NewContextOptions options) {
        BrowserContext context = chromium.context(options);
        context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        return chromium.open(context, url());
    }

    private String url() {
        return "http://" + cache.managementEndpoint() + "/";
    }

    private static void photograph(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target/screenshots", name + ".png"))
                .setFullPage(true));
    }

    private static void assertAccessible(Page page) {
        List<Rule> violations =
                new AxeBuilder(page).setLegacyMode(true).analyze().getViolations();
        assertThat(violations)
                .extracting(rule -> rule.getId() + " " + rule.getNodes())
                .isEmpty();
    }

    @Test
    void shouldUpdateWithoutAReload() throws IOException {
        Page page = open(new Browser.NewContextOptions().setViewportSize(1280, 900));
        assertThat(page.locator("#transfers li")).hasCount(0);
        assertThat(page.locator("#pulled")).containsText("ghcr.io/my/image:1.0");

        page.getByText("Last week").click();
        assertThat(page.locator("#bytes-title")).hasText("Bytes an hour");
        assertThat(page.locator("#bytes-plot rect.cache")).hasCount(168);
        photograph(page, "week");
        page.getByText("Last hour").click();
        assertThat(page.locator("#bytes-plot rect.cache")).hasCount(60);

        slowPull();
        Locator transfer = page.locator("#transfers li");
        assertThat(transfer).containsText("ghcr.io/my/image");
        assertThat(transfer).containsText("from the cache to 127.0.0.1");
        assertThat(transfer.getByRole(AriaRole.PROGRESSBAR)).hasCount(1);
        pull("docker.io/debian:12-slim");
        assertThat(page.locator("#pulled")).containsText("docker.io/library/debian:12-slim");
        assertThat(page.locator("#saved-bytes")).containsText("MB", PATIENTLY);
        assertThat(page.locator("#stored")).containsText("MB", PATIENTLY);
        assertThat(page.locator("#disk")).containsText("free on its disk");
        assertThat(page.locator("#stored-details")).containsText("MB added since the start");
        assertThat(page.locator("#limit-meter")).isVisible();
        assertThat(page.locator("#pinned-warning")).isHidden();
        assertThat(page.locator("#found-images .partly:visible")).hasCount(0);
        photograph(page, "desktop-light");
        assertAccessible(page);

        assertThat(page.locator("#transfers li"))
                .hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(30_000));
        assertThat(chromium.requests()).allMatch(request -> request.startsWith(url()));
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void shouldSayInPlainWordsThatAnUpstreamIsDown() {
        Page page = open(new Browser.NewContextOptions()
                .setViewportSize(1280, 900)
                .setColorScheme(ColorScheme.DARK)
                .setReducedMotion(ReducedMotion.REDUCE));

        Locator away = page.locator("#upstreams li").filter(new Locator.FilterOptions().setHasText("away.example.com"));
        assertThat(away).containsText("what is cached is served", PATIENTLY);
        assertThat(away).containsText("connection refused");
        assertThat(page.locator("#summary")).containsText("away.example.com is offline");

        slowPull();
        assertThat(page.locator("#transfers li")).hasCount(1);
        photograph(page, "desktop-dark");
        assertAccessible(page);
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void shouldFindAnImageByKeyboardAndCopyItsCommand() {
        Page page = open(new Browser.NewContextOptions().setViewportSize(1280, 900));
        assertThat(page.locator("#found-images li")).hasCount(1);

        page.keyboard().press("/");
        page.keyboard().type("nothing of it");
        assertThat(page.locator("#found")).hasText("Nothing found");
        page.locator("#search").fill("my image 1.0");
        assertThat(page.locator("#found-images li")).hasCount(1);
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");

        assertThat(page.locator("#announce")).containsText("Copied docker pull");
        assertThat(page.evaluate("() => navigator.clipboard.readText()"))
                .isEqualTo("docker pull " + cache.endpoint() + "/ghcr.io/my/image:1.0");
    }

    @Test
    void shouldBeReadOnAPhone() {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            Page page = open(new Browser.NewContextOptions()
                    .setViewportSize(360, 740)
                    .setDeviceScaleFactor(2)
                    .setHasTouch(true)
                    .setColorScheme(scheme));
            slowPull();
            assertThat(page.locator("#transfers li").first()).containsText("MB");

            assertThat(page.evaluate("() => document.documentElement.scrollWidth"))
                    .isEqualTo(360);
            photograph(page, "phone-" + scheme.name().toLowerCase(Locale.ROOT));
            assertAccessible(page);
        }
    }

    @Test
    void shouldWarnOfPinsAboveTheLimit() throws IOException {
        cache.close();
        startCache(ConfigElement.with(upstream.configElement("ghcr.io"), "\"limit\": \"10MB\", \"pin\": [\"my/*\"]"));
        Page page = open(new Browser.NewContextOptions().setViewportSize(1280, 900));

        assertThat(page.locator("#pinned-warning")).containsText("More is pinned than the limit allows", PATIENTLY);
        assertThat(page.locator("#pinned-warning")).containsText("of 10 MB");
        assertThat(page.locator("#upstreams li").first()).containsText("of 10 MB");
        assertThat(page.locator("#upstreams li").first()).containsText("pinned");
        assertThat(page.locator("#upstreams li meter.over")).hasCount(1);
        photograph(page, "desktop-pinned");
        assertAccessible(page);
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void shouldMarkAnImageThatLostALayerUntilItIsPulledAgain() throws IOException {
        Files.delete(cache.blobFile("ghcr.io", large));
        Page page = open(new Browser.NewContextOptions().setViewportSize(1280, 900));
        Locator image = page.locator("#found-images li");
        assertThat(image).containsText("partly cached", PATIENTLY);
        int before = upstream.requests().size();

        pull("ghcr.io/my/image:1.0");

        assertThat(image)
                .not()
                .containsText("partly cached", new LocatorAssertions.ContainsTextOptions().setTimeout(45_000));
        assertThat(page.locator("#upstreams li").first())
                .containsText(Pattern.compile("[1-9] manifest requests? saved"));
        assertThat(upstream.requests().stream().skip(before).map(Object::toString))
                .filteredOn(request -> request.contains("/blobs/"))
                .isNotEmpty()
                .allMatch(request -> request.contains(large.digest()));
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void shouldTakeHostileNamesForText() throws IOException {
        Path repositories = cache.storage().resolve("ghcr.io/docker/registry/v2/repositories");
        Files.createDirectories(repositories.resolve(HOSTILE).resolve("_manifests/tags/\"'><svg onload=alert(2)>"));
        Page page = open(new Browser.NewContextOptions().setViewportSize(1280, 900));

        assertThat(page.locator("#found-images")).containsText("ghcr.io/" + HOSTILE + ":\"'><svg onload=alert(2)>");
        page.locator("#search").fill(HOSTILE);
        assertThat(page.locator("#found-images li")).hasCount(1);
        assertThat(page.locator("#found-images img, #found-images script, svg[onload]"))
                .hasCount(0);
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void shouldSayWhenTheProgramIsGone() {
        Page page = open(new Browser.NewContextOptions());
        assertThat(page.locator("#freshness")).hasText("live");
        cache.stop();
        assertThat(page.locator("#freshness")).containsText("no answer", PATIENTLY);
    }
}
