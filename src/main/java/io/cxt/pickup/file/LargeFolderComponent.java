package io.cxt.pickup.file;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.FileEndpointUriFactory;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.GenericFileProcessStrategy;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.spi.annotations.Component;

/**
 * Camel's {@code file}, with all its options, for folders of a million files: a poll reads the names one by one and ends
 * when {@code maxMessagesPerPoll} are found. Camel's own takes all names into memory first, each time.
 *
 * <p>Options that need all names (recursive, preSort, doneFileName, eagerMaxMessagesPerPoll=false) are left to Camel.
 */
@Component(LargeFolderComponent.SCHEME)
public final class LargeFolderComponent extends FileComponent {

    /** The scheme of its endpoints; {@code file} is left to Camel. Camel finds it through {@code META-INF/services}. */
    static final String SCHEME = "cxt-folder";

    /** Builds its addresses from the parameters of a route file, as that of {@code file} does. */
    public static final class UriFactory extends FileEndpointUriFactory {
        @Override
        public boolean isEnabled(String scheme) {
            return SCHEME.equals(scheme);
        }
    }

    /** Adds it to a context that finds no components at run time, such as one in Quarkus. Call before routes are loaded. */
    public static void addTo(CamelContext camel) {
        if (camel.hasComponent(SCHEME) == null) {
            camel.addComponent(SCHEME, new LargeFolderComponent());
        }
        camel.getRegistry().bind(SCHEME + "-uri", EndpointUriFactory.class, UriFactory::new); // is found by its type
    }

    @Override
    protected GenericFileEndpoint<File> buildFileEndpoint(String uri, String remaining, Map<String, Object> parameters)
            throws Exception {
        FileEndpoint built = (FileEndpoint) super.buildFileEndpoint(uri, remaining, parameters);
        FileEndpoint ours = new Folder(uri, this);
        ours.setFile(built.getFile());
        ours.setConfiguration(built.getConfiguration());
        return ours;
    }

    private static final class Folder extends FileEndpoint {
        Folder(String uri, FileComponent component) {
            super(uri, component);
        }

        @Override
        protected FileConsumer newFileConsumer(Processor processor, GenericFileOperations<File> operations) {
            return new Look(
                    this,
                    processor,
                    operations,
                    processStrategy != null ? processStrategy : createGenericFileStrategy());
        }
    }

    private static final class Look extends FileConsumer {
        Look(
                FileEndpoint folder,
                Processor processor,
                GenericFileOperations<File> operations,
                GenericFileProcessStrategy<File> strategy) {
            super(folder, processor, operations, strategy);
        }

        @Override
        protected boolean pollDirectory(Exchange dynamic, String folder, List<GenericFile<File>> found, int depth) {
            if (needsAllNames(getEndpoint()) || new File(folder).isHidden()) {
                return super.pollDirectory(dynamic, folder, found, depth);
            }
            try (DirectoryStream<Path> names = Files.newDirectoryStream(Path.of(folder))) {
                for (Path name : names) {
                    if (!canPollMoreFiles(found)) {
                        return false;
                    }
                    take(dynamic, folder, new File(folder, name.getFileName().toString()), found);
                }
                return true;
            } catch (NoSuchFileException | NotDirectoryException e) {
                return super.pollDirectory(dynamic, folder, found, depth); // which knows what was asked for then
            } catch (IOException | DirectoryIteratorException e) {
                return true; // as Camel does with a folder that cannot be read: looked at again
            }
        }

        private boolean needsAllNames(FileEndpoint options) {
            return options.isRecursive()
                    || options.isPreSort()
                    || options.getDoneFileName() != null
                    || !isEagerLimitMaxMessagesPerPoll();
        }

        /** Folders are not looked into, but shown to the filter, which can say so. */
        private void take(Exchange dynamic, String folder, File file, List<GenericFile<File>> found) {
            boolean inside = file.isDirectory();
            GenericFile<File> made = asGenericFile(
                    folder, file, getEndpoint().getCharset(), getEndpoint().isProbeContentType());
            Supplier<GenericFile<File>> ours = () -> made;
            Supplier<String> relative = getRelativeFilePath(folder, null, null, file);
            File[] all = {file};
            boolean valid = isValidFile(dynamic, ours, file.getName(), file.getAbsolutePath(), relative, inside, all);
            if (valid && !inside) {
                found.add(made);
            }
        }
    }
}
