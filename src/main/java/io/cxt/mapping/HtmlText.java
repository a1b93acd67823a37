package io.cxt.mapping;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/** The text that a reader of HTML sees: a line for each block, a link's address behind its words. */
final class HtmlText {
    private HtmlText() {}

    static String of(String html) {
        StringBuilder text = new StringBuilder();
        Jsoup.parse(html).body().traverse(new NodeVisitor() {
            @Override
            public void head(Node node, int depth) {
                if (node instanceof TextNode words) {
                    String said = words.text();
                    boolean lineBegins = text.isEmpty() || text.charAt(text.length() - 1) == '\n';
                    text.append(lineBegins ? said.stripLeading() : said);
                } else if (node instanceof Element element) {
                    if (element.isBlock() || element.normalName().equals("br")) {
                        lineBreak(element);
                    }
                }
            }

            @Override
            public void tail(Node node, int depth) {
                if (node instanceof Element element) {
                    String address = element.normalName().equals("a") ? element.attr("href") : "";
                    if (address.startsWith("http") && !element.text().contains(address)) {
                        text.append(" (").append(address).append(')');
                    }
                    if (element.isBlock() && !element.normalName().equals("br")) {
                        lineBreak(element);
                    }
                }
            }

            private void lineBreak(Element element) {
                boolean first = text.isEmpty();
                boolean after = !first && text.charAt(text.length() - 1) == '\n';
                if (!first && (!after || element.normalName().equals("br"))) {
                    text.append('\n');
                }
            }
        });
        return text.toString().strip();
    }
}
