package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlTextTest {

    @ParameterizedTest
    @CsvSource({
        "a<br>b, a|b",
        "a<br/><br/>b, a||b",
        "<p>a<br></p><p>b</p>, a|b",
        "<p>a</p><p>b &amp; c</p>, a|b & c",
        "<div><div>a</div></div><div>b</div>, a|b",
        "<p>  a  <b>b</b></p>, a b",
        "<a href='https://example.com/x'>here</a>, here (https://example.com/x)",
        "<a href='https://example.com'>https://example.com</a>, https://example.com",
        "1 < 2 &gt; 0, 1 < 2 > 0"
    })
    void html_becomes_the_text_that_a_reader_sees(String html, String text) {
        assertThat(HtmlText.of(html)).isEqualTo(text.replace('|', '\n'));
    }

    @ParameterizedTest
    @CsvSource({"<p></p>", "<img src='x.png'>", "<script>alert(1)</script>", "<style>p {}</style>"})
    void what_shows_no_words_has_none(String html) {
        assertThat(HtmlText.of(html)).isEmpty();
    }
}
