package io.registrycache.process;

import java.io.InputStream;
import java.io.OutputStream;

/** No transition touches a process. */
final class NoProcess extends Process {

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("no program runs");
    }

    @Override
    public OutputStream getOutputStream() {
        throw unsupported();
    }

    @Override
    public InputStream getInputStream() {
        throw unsupported();
    }

    @Override
    public InputStream getErrorStream() {
        throw unsupported();
    }

    @Override
    public int waitFor() {
        throw unsupported();
    }

    @Override
    public int exitValue() {
        throw unsupported();
    }

    @Override
    public void destroy() {
        throw unsupported();
    }
}
