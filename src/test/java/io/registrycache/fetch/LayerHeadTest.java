package io.registrycache.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerHeadTest {

    private static HttpResponse head(int status, String... headers) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        for (int i = 0; i < headers.length; i += 2) {
            head.headers().set(headers[i], headers[i + 1]);
        }
        return head;
    }

    @Test
    void shouldReadAWholeLayer() throws LayerHead.Malformed {
        assertThat(LayerHead.of(head(200, "Content-Length", "7"))).isEqualTo(new LayerHead.Whole(7, false));
        assertThat(LayerHead.of(head(200, "Content-Length", "0", "Accept-Ranges", "bytes")))
                .isEqualTo(new LayerHead.Whole(0, true));
    }

    @Test
    void shouldReadAPart() throws LayerHead.Malformed {
        assertThat(LayerHead.of(head(206, "Content-Length", "10", "Content-Range", "bytes 5-14/20")))
                .isEqualTo(new LayerHead.Partial(5, 15, 20));
    }

    @ParameterizedTest
    @CsvSource({
        // The length is that of another part.
        "10, bytes 5-13/20, another part",
        "10, bytes 5-15/20, another part",
        // The part ends behind the layer.
        "10, bytes 15-24/20, another part",
        // The end comes before the begin.
        "0, bytes 9-5/20, another part",
        "10, bytes 5-14/*, not requested",
        "10, bytes 5-14/99999999999999999999, not requested",
        "10, '', not requested",
        "'', bytes 5-14/20, without its length",
        "-1, bytes 5-14/20, without its length",
        "99999999999999999999, bytes 5-14/20, without its length",
    })
    void shouldRefuseAPartThatContradictsItself(String length, String range, String why) {
        assertThatThrownBy(() -> LayerHead.of(head(206, "Content-Length", length, "Content-Range", range)))
                .isInstanceOf(LayerHead.Malformed.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({"Content-Encoding, gzip, encoding", "Content-Type, text/html; charset=utf-8, login page"})
    void shouldRefuseSomethingElseThanALayer(String header, String value, String why) {
        assertThatThrownBy(() -> LayerHead.of(head(200, "Content-Length", "7", header, value)))
                .isInstanceOf(LayerHead.Malformed.class)
                .hasMessageContaining(why);
    }
}
