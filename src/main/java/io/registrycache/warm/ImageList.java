package io.registrycache.warm;

import io.registrycache.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads images out of a text: one in each line, or a Compose file, or Kubernetes manifests. */
public final class ImageList {

    /** Each YAML file has it, and a line of a list does not. */
    private static final Pattern YAML = Pattern.compile("(?m)^(?:---|\\s*[{\\[]|[^#\\n]*?:(?:\\s|$))");

    private static final Pattern COMMENT = Pattern.compile("(?:^|\\s)#.*");

    private final int cachePort;
    private final Interpolation variables;

    /**
     * For texts of one origin.
     *
     * @param cachePort a registry on that port is the cache itself
     * @param variables for Compose files
     */
    public ImageList(int cachePort, Map<String, String> variables) {
        this.cachePort = cachePort;
        this.variables = new Interpolation(variables);
    }

    /**
     * The images of a text.
     *
     * @param place for messages, such as the name of the file
     */
    public List<ImageName> read(String place, String text) {
        return isYaml(text) ? ofYaml(place, text) : ofLines(place, text);
    }

    private static boolean isYaml(String text) {
        return text.lines()
                .map(line -> COMMENT.matcher(line).replaceFirst(""))
                .anyMatch(line -> YAML.matcher(line).find());
    }

    private List<ImageName> ofLines(String place, String text) {
        List<ImageName> images = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String image = COMMENT.matcher(line).replaceFirst("").strip();
            if (!image.isEmpty()) {
                images.add(parse(place + ", line " + number, image));
            }
        }
        return images;
    }

    private List<ImageName> ofYaml(String place, String text) {
        List<ImageName> images = new ArrayList<>();
        for (YamlImages.Written written : YamlImages.of(place, text)) {
            String at = place + ", line " + written.line();
            images.add(parse(at, written.isCompose() ? interpolated(at, written.text()) : written.text()));
        }
        return images;
    }

    private String interpolated(String place, String text) {
        try {
            return variables.of(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    place, e.getMessage() + "; set it in the environment, or in .env beside the file");
        }
    }

    private ImageName parse(String place, String image) {
        try {
            return ImageName.parse(image, cachePort);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(place, e.getMessage() + "; give one such as postgres:16 or ghcr.io/my/image:tag");
        }
    }
}
