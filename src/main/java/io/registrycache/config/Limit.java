package io.registrycache.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much may be stored.
 *
 * @param text as the user wrote it
 * @param bytes the number of bytes, or -1 for a part of the disk
 * @param percent the part of the disk's size, if it is one
 */
public record Limit(String text, long bytes, int percent) {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,6})?) ?([KMGTP]?)(I?)B?");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}) ?%");
    private static final List<String> UNITS = List.of("", "K", "M", "G", "T", "P");

    /** The limit when the configuration has none. */
    public static final Limit DEFAULT = new Limit("85%", -1, 85);

    /**
     * Reads a limit such as {@code 200GB}, {@code 1.5TiB} or {@code 85%}.
     *
     * @param place where it is written, for the message
     */
    public static Limit parse(String place, String text) {
        String upper = text.strip().toUpperCase(Locale.ROOT);
        Matcher percent = PERCENT.matcher(upper);
        if (percent.matches()) {
            int value = Integer.parseInt(percent.group(1));
            if (value >= 1 && value <= 100) {
                return new Limit(text.strip(), -1, value);
            }
        }
        Matcher size = SIZE.matcher(upper);
        if (size.matches()) {
            BigInteger unit =
                    BigInteger.valueOf(size.group(3).isEmpty() ? 1000 : 1024).pow(UNITS.indexOf(size.group(2)));
            BigInteger bytes = new BigDecimal(size.group(1))
                    .multiply(new BigDecimal(unit))
                    .setScale(0, RoundingMode.DOWN)
                    .toBigInteger();
            if (bytes.signum() > 0 && bytes.bitLength() < 63) {
                return new Limit(text.strip(), bytes.longValueExact(), 0);
            }
        }
        throw new ConfigException(
                place, "\"" + text + "\" is not a size; give one such as 200GB, or a part of the disk such as 85%");
    }

    public boolean isPartOfDisk() {
        return bytes < 0;
    }

    /** In bytes, on a disk of that size. */
    public long on(long diskSize) {
        return isPartOfDisk() ? (long) (diskSize * (percent / 100.0)) : bytes;
    }

    @Override
    public String toString() {
        return text;
    }
}
