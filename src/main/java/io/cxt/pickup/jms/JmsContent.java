package io.cxt.pickup.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.springframework.jms.support.converter.MessageConverter;

/**
 * For a site's own route from a broker: a text as text, bytes as bytes. A message of another kind, or without a text, stays what it is, so that
 * the route can put it elsewhere; Camel would make objects of what came from outside, and fail outside of the route.
 */
public final class JmsContent implements MessageConverter {
    @Override
    public Object fromMessage(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            String content = text.getText();
            return content == null ? message : content;
        }
        if (message instanceof BytesMessage bytes) {
            return bytes(bytes);
        }
        return message;
    }

    private static byte[] bytes(BytesMessage message) throws JMSException {
        byte[] content = new byte[Math.toIntExact(message.getBodyLength())];
        message.reset();
        if (content.length > 0 && message.readBytes(content) != content.length) {
            throw new MessageNotReadableException("it ends before its length");
        }
        return content;
    }

    @Override
    public Message toMessage(Object body, Session session) {
        throw new UnsupportedOperationException("only for what comes in");
    }
}
