# The base images are arguments, so that others can stand in where these cannot be had.
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-25
ARG REGISTRY_IMAGE=registry:3
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre-noble
# The jar is the same for all platforms, so none of them need emulate Maven; only BuildKit knows its own platform.
ARG BUILD_PLATFORM=${BUILDPLATFORM:-linux/amd64}

FROM --platform=${BUILD_PLATFORM} ${BUILD_IMAGE} AS build
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml ./
COPY src/main src/main
ARG VERSION=dev
RUN mvn -q -B -Dmaven.test.skip -Drevision="${VERSION}" package

FROM ${REGISTRY_IMAGE} AS registry

FROM ${RUNTIME_IMAGE}
ARG VERSION=dev
LABEL org.opencontainers.image.title="docker-registry-cache" \
      org.opencontainers.image.description="One endpoint that caches every container registry" \
      org.opencontainers.image.source="https://github.com/registry-cache/docker-registry-cache" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=registry /bin/registry /usr/local/bin/registry
COPY --from=build /build/target/docker-registry-cache.jar /app/
COPY --from=build /build/target/lib /app/lib
COPY src/main/docker/healthy .ci/share-classes java.options /app/
COPY routes /routes
ENV ROUTES_DIR=/routes \
    MANAGEMENT_HOST=0.0.0.0
RUN mkdir -p /var/lib/registry && chown 10001:10001 /var/lib/registry \
    && /app/share-classes /app/docker-registry-cache.jar /app/docker-registry-cache.jsa @/app/java.options
USER 10001:10001
ENV JDK_JAVA_OPTIONS="@/app/java.options @/app/docker-registry-cache.jsa.options"
VOLUME /var/lib/registry
EXPOSE 5000 9876
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["/app/healthy"]
ENTRYPOINT ["java", "-jar", "/app/docker-registry-cache.jar"]
