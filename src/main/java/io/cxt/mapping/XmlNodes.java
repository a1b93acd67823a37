package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cxt.transcript.Reason;
import java.io.InputStream;
import java.io.StringReader;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * XML as a template sees it. An element is an object: its attributes by {@code @name}, its children by their name (an
 * array when there are several), its text with that of its children as {@code #text}; one with nothing but text is that text. Prefixes of
 * namespaces are left out. A document type is refused, and with it every entity that one could define.
 */
final class XmlNodes {
    static final int MAX_DEPTH = 64;

    /** So much text a short element may have in any case. */
    private static final int FREE_TEXT = 64 * 1024;

    private static final XMLInputFactory XML = factory();

    private XmlNodes() {}

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, true);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> InputStream.nullInputStream());
        return factory;
    }

    static XMLStreamReader reader(InputStream in) throws XMLStreamException {
        return XML.createXMLStreamReader(in);
    }

    /**
     * The outermost element of a text that is XML.
     *
     * @throws IllegalArgumentException when it is none; the message quotes nothing
     */
    static JsonNode of(String text) {
        try {
            XMLStreamReader xml = XML.createXMLStreamReader(new StringReader(text));
            while (xml.next() != XMLStreamConstants.START_ELEMENT) {
                refuseDocumentType(xml);
            }
            return element(xml, 4L * text.length() + FREE_TEXT);
        } catch (RefusedXmlException e) {
            throw new IllegalArgumentException(e.words());
        } catch (XMLStreamException e) {
            throw new IllegalArgumentException("is not well-formed XML");
        }
    }

    /**
     * Reads the element that the reader stands on, to its end.
     *
     * @param mostText most characters of text in elements that have others within them; each has that of those as well
     */
    static JsonNode element(XMLStreamReader xml, long mostText) throws XMLStreamException {
        return element(xml, 1, new StringBuilder(), new long[] {mostText});
    }

    /**
     * @param around gets all text of the element, for what it stands in
     * @param left how much more text may be kept
     */
    private static JsonNode element(XMLStreamReader xml, int depth, StringBuilder around, long[] left)
            throws XMLStreamException {
        if (depth > MAX_DEPTH) {
            throw tooDeep(xml);
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            node.put("@" + xml.getAttributeLocalName(i), xml.getAttributeValue(i));
        }
        StringBuilder text = new StringBuilder();
        boolean own = false;
        int event = xml.next();
        while (event != XMLStreamConstants.END_ELEMENT) {
            refuseDocumentType(xml);
            if (event == XMLStreamConstants.START_ELEMENT) {
                add(node, xml.getLocalName(), element(xml, depth + 1, text, left));
            } else if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
                text.append(xml.getText());
                own |= !xml.getText().isBlank();
            }
            event = xml.next();
        }
        around.append(text);
        if (node.isEmpty()) {
            return TextNode.valueOf(text.toString());
        }
        if (own) {
            left[0] -= text.length();
            if (left[0] < 0) {
                throw new RefusedXmlException(
                        Reason.JSON_RECORD_SIZE, "has too much text in elements within others that have text", xml);
            }
            node.put("#text", text.toString());
        }
        return node;
    }

    private static void add(ObjectNode node, String name, JsonNode child) {
        JsonNode before = node.get(name);
        if (before == null) {
            node.set(name, child);
        } else if (before instanceof ArrayNode several) {
            several.add(child);
        } else {
            node.putArray(name).add(before).add(child);
        }
    }

    static void refuseDocumentType(XMLStreamReader xml) throws XMLStreamException {
        if (xml.getEventType() == XMLStreamConstants.DTD || xml.getEventType() == XMLStreamConstants.ENTITY_REFERENCE) {
            throw new RefusedXmlException(
                    Reason.XML_SYNTAX, "has a document type or an entity, which CXT does not read", xml);
        }
    }

    static RefusedXmlException tooDeep(XMLStreamReader xml) {
        return new RefusedXmlException(Reason.XML_SYNTAX, "is nested deeper than %s levels".formatted(MAX_DEPTH), xml);
    }

    /** XML that is well-formed as far as it was read, and is not read any further. */
    static final class RefusedXmlException extends XMLStreamException {
        private static final long serialVersionUID = 1L;

        private final Reason rule;
        private final String words;

        RefusedXmlException(Reason rule, String words, XMLStreamReader xml) {
            super(words, xml.getLocation());
            this.rule = rule;
            this.words = words;
        }

        Reason rule() {
            return rule;
        }

        /** Why, without anything of the source. */
        String words() {
            return words;
        }
    }
}
