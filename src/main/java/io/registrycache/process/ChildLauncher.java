package io.registrycache.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.camel.component.exec.ExecCommand;

/**
 * Starts the program of a child, with its configuration in a file that only this user may read.
 *
 * @param file the configuration file, in the folder
 */
record ChildLauncher(RunFolder folder, Settings settings, Path file) {

    /** Makes the settings of each launch. */
    interface Settings {
        ChildSettings on(int port);
    }

    /** Returns a child that is noted, or leaves none. */
    Process start(ExecCommand command, int port) throws IOException {
        folder.restore();
        ChildSettings told = settings.on(port);
        write(told);
        ProcessBuilder builder = new ProcessBuilder(command.getExecutable());
        builder.command().addAll(command.getArgs());
        builder.directory(folder.path().toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(told.environment());
        Process started = builder.start();
        boolean noted = false;
        try {
            folder.remember(started, file);
            started.getOutputStream().close();
            noted = true;
        } finally {
            if (!noted) {
                Termination.kill(started);
            }
        }
        return started;
    }

    private void write(ChildSettings told) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, told.file().toPrettyString());
    }
}
