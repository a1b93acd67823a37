package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.json.ChatPlaces;
import io.cxt.mapping.XmlNodes.RefusedXmlException;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.BufferedInputStream;
import java.io.CharConversionException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import javax.xml.stream.Location;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * The chats of an XML document: the elements that a path of names leads to. What a chat came as is kept as the JSON that
 * the template sees.
 */
final class XmlChats implements ForeignChats {
    private final Bounded in;
    private final List<String> path;
    private final int maxRecordBytes;
    private final List<String> open = new ArrayList<>();
    private @Nullable XMLStreamReader xml;
    private boolean found; // what the chats stand in
    private boolean ended;

    private XmlChats(Bounded in, List<String> path, int maxRecordBytes) {
        this.in = in;
        this.path = path;
        this.maxRecordBytes = maxRecordBytes;
    }

    /** Opens XML; what begins as JSON is chats that were kept, one a line. */
    static ForeignChats open(InputStream in, List<String> path, ReadingOptions options) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in);
        buffered.mark(1);
        int first = buffered.read();
        buffered.reset();
        return first == '{'
                ? new JsonChats(buffered, ChatPlaces.of("."), "", options)
                : new XmlChats(new Bounded(buffered), path, options.maxRecordBytes());
    }

    @Override
    public @Nullable ForeignChat next() throws IOException {
        in.limit(maxRecordBytes);
        try {
            return chat();
        } catch (XMLStreamException e) { // its own message quotes the source
            return refused(e);
        } catch (TooLong e) {
            return ends(Reason.JSON_RECORD_SIZE, "is longer than %s bytes".formatted(maxRecordBytes));
        } catch (ZipException | EOFException e) {
            return ends(Reason.GZIP_DAMAGED, "the packed data is damaged or ends early");
        }
    }

    private ForeignChat refused(XMLStreamException e) throws IOException {
        if (e.getNestedException() instanceof TooLong) {
            return ends(Reason.JSON_RECORD_SIZE, "is longer than %s bytes".formatted(maxRecordBytes));
        }
        if (e.getNestedException() instanceof ZipException || e.getNestedException() instanceof EOFException) {
            return ends(Reason.GZIP_DAMAGED, "the packed data is damaged or ends early");
        }
        boolean encoding = e.getNestedException() instanceof CharConversionException
                || e.getNestedException() instanceof UnsupportedEncodingException;
        if (e.getNestedException() instanceof IOException fault && !encoding) {
            throw fault;
        }
        if (in.blank()) {
            ended = true;
            Finding empty = new Finding(Reason.JSON_EMPTY, 1, "", "the source holds nothing but blanks");
            return ForeignChat.refused(empty, null, true, in.offset());
        }
        String words = e instanceof RefusedXmlException known
                ? known.words()
                : encoding ? "has bytes that are not of its encoding" : "is not well-formed XML";
        Reason rule = e instanceof RefusedXmlException known ? known.rule() : Reason.XML_SYNTAX;
        Location at = e.getLocation();
        if (at == null || at.getLineNumber() < 1) {
            return ends(rule, words);
        }
        return ends(
                rule,
                at.getLineNumber(),
                "%s at line %s, column %s".formatted(words, at.getLineNumber(), at.getColumnNumber()));
    }

    private @Nullable ForeignChat chat() throws XMLStreamException, IOException {
        XMLStreamReader reader = xml;
        if (reader == null) {
            reader = XmlNodes.reader(in);
            xml = reader;
        }
        while (reader.hasNext()) {
            int event = reader.next();
            XmlNodes.refuseDocumentType(reader);
            if (event == XMLStreamConstants.START_ELEMENT) {
                open.add(reader.getLocalName());
                found |= open.size() >= path.size() - 1 && open.equals(path.subList(0, Math.max(1, path.size() - 1)));
                if (open.equals(path)) {
                    long line = reader.getLocation().getLineNumber();
                    JsonNode node = XmlNodes.element(reader, maxRecordBytes);
                    open.remove(open.size() - 1);
                    byte[] raw = node.toString().getBytes(StandardCharsets.UTF_8);
                    return new ForeignChat(line, raw, node, null, null, false, in.offset());
                }
                if (open.size() > XmlNodes.MAX_DEPTH) {
                    throw XmlNodes.tooDeep(reader);
                }
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                open.remove(open.size() - 1);
            }
        }
        if (found || ended) {
            return null;
        }
        ended = true;
        String words = "has no element at /%s, which each in the mapping file names".formatted(String.join("/", path));
        return ForeignChat.refused(new Finding(Reason.MAP_FAILED, 1, "", words), null, true, in.offset());
    }

    private ForeignChat ends(Reason rule, String words) {
        return ends(rule, xml == null ? 1 : Math.max(1, xml.getLocation().getLineNumber()), words);
    }

    private ForeignChat ends(Reason rule, long line, String words) {
        Finding finding = new Finding(rule, line, "", words + "; the rest of the source was not read");
        return ForeignChat.refused(finding, null, true, in.offset());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Gives no more bytes than one chat may have, and what the parser reads ahead. */
    private static final class Bounded extends FilterInputStream {
        private static final int READ_AHEAD = 64 * 1024;

        private long offset;
        private long end;
        private boolean blank = true;

        Bounded(InputStream in) {
            super(in);
        }

        void limit(long bytes) {
            end = offset + bytes + READ_AHEAD;
        }

        long offset() {
            return offset;
        }

        /** True when nothing but blanks was read. */
        boolean blank() {
            return blank;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            if (offset > end) {
                throw new TooLong();
            }
            int count = in.read(to, from, Math.min(length, READ_AHEAD));
            offset += Math.max(0, count);
            for (int i = from; blank && i < from + count; i++) {
                blank = to[i] == ' ' || to[i] == '\t' || to[i] == '\r' || to[i] == '\n';
            }
            return count;
        }
    }
}
