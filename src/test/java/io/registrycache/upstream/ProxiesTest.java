package io.registrycache.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {

    private final Map<String, String> environment = new HashMap<>();

    private @Nullable String name(String target) {
        return new Proxies(environment)
                .proxy(URI.create(target))
                .map(proxy -> proxy.origin().toString())
                .orElse(null);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPS_PROXY, http://proxy:8080,       https://ghcr.io,         proxy:8080",
        "https_proxy, http://proxy,            https://ghcr.io,         proxy:80",
        "https_proxy, https://proxy,           https://ghcr.io,         proxy:443",
        "https_proxy, proxy:3128,              https://ghcr.io,         proxy:3128",
        "https_proxy, http://me:x%40y@proxy:1, https://ghcr.io,         proxy:1",
        "https_proxy, http://proxy:1,          http://ghcr.io,          ",
        "http_proxy,  http://proxy:1,          http://10.0.0.1:5000,    proxy:1",
        "https_proxy, http://proxy:1,          https://127.0.0.1,       ",
        "https_proxy, http://proxy:1,          https://localhost:5000,  ",
    })
    void shouldChooseTheProxyOfTheScheme(String name, String value, String target, String expected) {
        environment.put(name, value);

        assertThat(name(target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "*,                      https://ghcr.io,        true",
        "ghcr.io,                https://ghcr.io,        true",
        "ghcr.io,                https://pkg.ghcr.io,    true",
        "ghcr.io,                https://notghcr.io,     false",
        ".ghcr.io,               https://ghcr.io,        false",
        "*.ghcr.io,              https://pkg.ghcr.io,    true",
        "ghcr.io:5000,           https://ghcr.io,        false",
        "ghcr.io:443,            https://ghcr.io,        true",
        "10.0.0.0/8,             https://10.1.2.3:5000,  true",
        "10.0.0.0/8,             https://11.1.2.3:5000,  false",
        "10.0.0.0/8,             https://ghcr.io,        false",
        "10.1.2.3,               https://10.1.2.3:5000,  true",
        "fd00::/8,               https://[fd00::1]:5000, true",
        "'other, GHCR.io',       https://ghcr.io,        true",
    })
    void shouldNotUseTheProxyForExemptHosts(String exempt, String target, boolean expected) {
        environment.put("https_proxy", "http://proxy:8080");
        environment.put("no_proxy", exempt);

        assertThat(name(target) == null).isEqualTo(expected);
    }

    @Test
    void shouldPreferUpperCaseAsGoDoes() {
        environment.putAll(Map.of("HTTPS_PROXY", "http://upper:1", "https_proxy", "http://lower:1"));
        assertThat(name("https://ghcr.io")).isEqualTo("upper:1");

        environment.put("HTTPS_PROXY", "");
        assertThat(name("https://ghcr.io")).isEqualTo("lower:1");
    }

    @Test
    void shouldDecodeThePassword() {
        environment.put("https_proxy", "http://me:p%40ss@proxy:8080");

        assertThat(new Proxies(environment).proxy(URI.create("https://ghcr.io")))
                .hasValueSatisfying(proxy -> {
                    assertThat(proxy.login().map(Proxy.Login::basic)).contains("Basic bWU6cEBzcw==");
                    assertThat(proxy.toString()).doesNotContain("p@ss");
                });
    }
}
