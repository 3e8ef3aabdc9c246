package io.registrycache;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.registrycache.request.Json;
import org.apache.camel.Exchange;

/** Keeps imports pointing one way, and buffers in their place. */
@AnalyzeClasses(packages = "io.registrycache", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule importsPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("main")
            .definedBy("io.registrycache")
            .layer("config")
            .definedBy("..config..")
            .layer("log")
            .definedBy("..log..")
            .layer("request")
            .definedBy("..request..")
            .layer("upstream")
            .definedBy("..upstream..")
            .layer("process")
            .definedBy("..process..")
            .layer("storage")
            .definedBy("..storage..")
            .layer("traffic")
            .definedBy("..traffic..")
            .layer("fetch")
            .definedBy("..fetch..")
            .layer("referrers")
            .definedBy("..referrers..")
            .layer("relay")
            .definedBy("..relay..")
            .layer("catalog")
            .definedBy("..catalog..")
            .layer("management")
            .definedBy("..management..")
            .layer("status")
            .definedBy("..status..")
            .layer("warm")
            .definedBy("..warm..")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("config")
            .mayNotAccessAnyLayer()
            .whereLayer("log")
            .mayNotAccessAnyLayer()
            .whereLayer("request")
            .mayOnlyAccessLayers("config")
            .whereLayer("upstream")
            .mayOnlyAccessLayers("config", "log", "request")
            .whereLayer("process")
            .mayOnlyAccessLayers("config", "log", "request", "storage", "upstream")
            .whereLayer("storage")
            .mayOnlyAccessLayers("config", "log", "request")
            .whereLayer("traffic")
            .mayOnlyAccessLayers("config", "log", "request")
            .whereLayer("fetch")
            .mayOnlyAccessLayers("config", "log", "request", "storage", "upstream")
            .whereLayer("referrers")
            .mayOnlyAccessLayers("config", "request", "storage", "upstream")
            .whereLayer("relay")
            .mayOnlyAccessLayers("config", "log", "request", "storage", "traffic", "upstream", "fetch")
            .whereLayer("catalog")
            .mayOnlyAccessLayers("config", "log", "request", "process", "storage", "upstream")
            .whereLayer("management")
            .mayOnlyAccessLayers("config", "log", "request", "process", "storage", "traffic", "upstream")
            .whereLayer("status")
            .mayOnlyAccessLayers("config", "log", "request", "process", "storage", "traffic", "upstream")
            .whereLayer("warm")
            .mayOnlyAccessLayers("config", "log", "request");

    @ArchTest
    static final ArchRule onlyTheRelayTouchesBuffers = noClasses()
            .that()
            .resideOutsideOfPackage("..relay..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty.buffer..");

    @ArchTest
    static final ArchRule onlyTheConfigurationReadsTheEnvironment = noClasses()
            .that()
            .resideOutsideOfPackages("..config..")
            .and()
            .doNotHaveSimpleName("RegistryCache")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule onlyTheMainClassSetsSystemProperties = noClasses()
            .that()
            .doNotHaveSimpleName("RegistryCache")
            .should()
            .callMethod(System.class, "setProperty", String.class, String.class);

    @ArchTest
    static final ArchRule requestsAreKnownWithoutCamelAndIo = noClasses()
            .that()
            .resideInAPackage("..request..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.camel..", "io.netty..", "java.nio.file..", "java.nio.channels..", "java.net.http..");

    /** What a bean finds out it reports; see {@link io.registrycache.request.Pull}. */
    @ArchTest
    static final ArchRule onlyRoutesStopRoutes =
            noClasses().should().callMethod(Exchange.class, "setRouteStop", boolean.class);

    @ArchTest
    static final ArchRule whatIsStaticIsFinal = fields().that()
            .areStatic()
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .beFinal();

    @ArchTest
    static final ArchRule nothingIsCachedInAStatic =
            noFields().that().areStatic().should().haveRawType(Cache.class);

    @ArchTest
    static final ArchRule thereIsOneMapperForJson =
            noClasses().that().areNotAssignableTo(Json.class).should().callConstructor(ObjectMapper.class);
}
