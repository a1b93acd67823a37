package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a template can call besides the functions of JSLT; each takes one value. */
final class TemplateFunctions {

    static final List<Function> ALL = List.of(
            new Named("list", TemplateFunctions::list),
            new Named("html-text", value -> text(value, HtmlText::of)),
            new Named("base64-text", value -> text(value, TemplateFunctions::base64)),
            new Named("xml", TemplateFunctions::xml));

    private TemplateFunctions() {}

    /** The value in an array; an array as it is, nothing as an empty one. */
    private static JsonNode list(JsonNode value) {
        if (value.isArray()) {
            return value;
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        return value.isNull() || value.isMissingNode() ? list : list.add(value);
    }

    private static JsonNode xml(JsonNode value) {
        return value.isTextual() ? XmlNodes.of(value.textValue()) : NullNode.getInstance();
    }

    private static String base64(String value) {
        byte[] bytes = Base64.getMimeDecoder().decode(value.replace('-', '+').replace('_', '/'));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Null for what is no text. */
    private static JsonNode text(JsonNode value, UnaryOperator<String> reading) {
        return value.isTextual() ? TextNode.valueOf(reading.apply(value.textValue())) : NullNode.getInstance();
    }

    private record Named(String name, UnaryOperator<JsonNode> reading) implements Function {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public int getMinArguments() {
            return 1;
        }

        @Override
        public int getMaxArguments() {
            return 1;
        }

        @Override
        public JsonNode call(JsonNode input, JsonNode[] arguments) {
            try {
                return reading.apply(arguments[0]);
            } catch (IllegalArgumentException e) {
                throw new JsltException(name + " cannot read its value");
            }
        }
    }
}
