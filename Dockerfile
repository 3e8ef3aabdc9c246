# The base images are arguments, so that others can stand in where these cannot be had.
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-25
ARG REGISTRY_IMAGE=registry:3
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre-noble

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml ./
COPY src/main src/main
RUN mvn -q -B -DskipTests -Djacoco.skip package

FROM ${REGISTRY_IMAGE} AS registry

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="docker-registry-cache" \
      org.opencontainers.image.description="One endpoint that caches every container registry" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=registry /bin/registry /usr/local/bin/registry
COPY --from=build /build/target/docker-registry-cache.jar /app/
COPY --from=build /build/target/lib /app/lib
COPY routes /routes
RUN mkdir -p /var/lib/registry && chown 10001:10001 /var/lib/registry
USER 10001:10001
ENV ROUTES_DIR=/routes \
    MANAGEMENT_HOST=0.0.0.0 \
    JAVA_TOOL_OPTIONS="-XX:+UseSerialGC -Xmx128m"
VOLUME /var/lib/registry
EXPOSE 5000 9876
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${MANAGEMENT_PORT:-9876} && printf 'GET /observe/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["java", "-jar", "/app/docker-registry-cache.jar"]
