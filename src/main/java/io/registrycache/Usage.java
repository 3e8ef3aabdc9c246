package io.registrycache;

/** What {@code --help} and {@code --version} print. */
final class Usage {

    private static final String HELP = """
            docker-registry-cache: one endpoint that caches every container registry

            Usage: ./run
                   java -jar target/docker-registry-cache.jar [--help | --version]
                   ./run purge ghcr.io/my/image:tag    removes cached content: a tag, an image
                                                       (ghcr.io/my/image), a digest (@sha256:...),
                                                       or all of an upstream (ghcr.io)

            Then: docker pull 127.0.0.1:5000/ghcr.io/my/image:tag

            Environment            Default                What it says
              CONFIG               six public registries  JSON list of upstreams, the first is the default:
                                                          ["registry-1.docker.io", "ghcr.io",
                                                           {"registry": "https://registry.example.com:5001",
                                                            "name": "example", "aliases": ["ex"],
                                                            "variables": {"REGISTRY_PROXY_USERNAME": "me",
                                                                          "REGISTRY_PROXY_PASSWORD": "secret"}}]
              CACHE_HOST           0.0.0.0                where clients pull
              CACHE_PORT           5000
              MANAGEMENT_HOST      127.0.0.1              status page, health, metrics
              MANAGEMENT_PORT      9876
              JMX_PORT             none                   remote JMX, on MANAGEMENT_HOST
              LOG_LEVEL            info                   error, warn, info, debug, trace
              LOG_FORMAT           text                   or json; to stderr
              ACCESS_LOG           off                    or combined, json; to stdout
              ROUTES_DIR           routes                 the folder with the *.camel.yaml files
              REGISTRY_COMMAND     registry, or           the program that each child runs
                                   docker-registry
              REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY
                                   /var/lib/registry      the cache; a folder for each upstream below it
                                   (./run: ./data)
              CACHE_LIMIT          85%                    how much is stored, such as 200GB or 85% of the disk;
                                                          what was not used for the longest time goes first
              CACHE_KEEP           none                   how long unused content stays, such as 30d
                                                          (both, and pins, in CONFIG for one upstream:
                                                          "limit": "50GB", "keep": "30d",
                                                          "pin": ["library/postgres:16", "my-org/*"])
              UPSTREAM_CONNECTIONS 64                     requests to one upstream at a time; more wait
              UPSTREAM_LAYERS      16                     layers downloaded from one upstream at a time
              UPSTREAM_PARTS       4                      parts of a layer above 32 MiB at a time
              REGISTRY_PROXY_USERNAME, _PASSWORD          credentials, usually in an upstream's variables
              http_proxy, https_proxy, no_proxy, SSL_CERT_FILE, SSL_CERT_DIR
                                                          the way to the upstreams
              REGISTRY_...                                others are inherited by every child
            """;

    private Usage() {}

    /** Prints what was asked for, and returns the exit code. */
    static int answer(String[] args) {
        switch (args[0]) {
            case "--help", "-h" -> System.out.print(HELP);
            case "--version" -> System.out.println(version());
            default -> {
                System.err.println("docker-registry-cache: unknown argument " + args[0] + "; see --help");
                return 2;
            }
        }
        return 0;
    }

    private static String version() {
        String version = Usage.class.getPackage().getImplementationVersion();
        return "docker-registry-cache " + (version == null ? "(not packaged)" : version);
    }
}
