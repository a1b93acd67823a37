package io.cxt.cxone.digital;

import io.cxt.cxone.CxoneCaller;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.Duplicates;
import io.cxt.cxone.Prepared;
import io.cxt.cxone.Remark;
import io.cxt.cxone.SignInException;
import io.cxt.cxone.SignInForm;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Limits;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Part.Call;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The published Digital Engagement API. A part is one message; the last part closes the contact. */
public final class Digital implements CxoneTarget {
    static final String NAME = "cxone-digital";
    private static final long MOST_ANSWER = 8 * 1024 * 1024;
    private static final Set<Integer> HARMLESS = Set.of(400, 403, 404, 405, 409, 410, 415, 422, 501);
    static final String API = "/dfo/3.0";
    static final String SEARCH_RIGHTS =
            "Give the user of the access key the right to search messages (GET /dfo/3.0/messages), or set cxone.in-doubt ="
                    + " park: then a message whose answer never came is not searched for, and is a dead letter.";
    private static final Pattern TRACE = Pattern.compile("[A-Za-z0-9._:=+/-]{1,100}");

    private final DigitalSettings settings;
    private final Discovery discovery;

    Digital(DigitalSettings settings) {
        this.settings = settings;
        this.discovery = new Discovery(settings);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String rights() {
        return "Check that the channel cxone.digital.channel-id is there, that the user of the access key may write messages"
                + " into it, and cxone.base-url.";
    }

    @Override
    public String lookUpRights() {
        return SEARCH_RIGHTS;
    }

    @Override
    public String baseUrl() {
        return discovery.baseUrl();
    }

    @Override
    public String callPath() {
        return API + "/channels/" + settings.channelId() + "/messages";
    }

    @Override
    public List<SignInForm> signInForms() {
        return List.of(SignInForm.ACCESS_KEY, SignInForm.PASSWORD, SignInForm.CLIENT_CREDENTIALS);
    }

    @Override
    public void discover(Documents documents) throws IOException {
        discovery.find(documents);
    }

    @Override
    public String signInUrl(SignInForm form, Documents documents) throws IOException {
        return form == SignInForm.ACCESS_KEY && settings.area() != null
                ? "https://%s.nice-incontact.com/authentication/v1/token/access-key".formatted(settings.area())
                : discovery.tokenUrl(documents);
    }

    /** A message is its own request. */
    @Override
    public Limits limits() {
        return new Limits(500, 1_048_576, true);
    }

    @Override
    public Prepared prepare(Entry entry, Origin origin, Limits limits, List<Part.Begun> begun) {
        return new DigitalParts(settings, callPath(), begun).of(entry, origin);
    }

    @Override
    public List<String> idleSettings() {
        return settings.fields().idle();
    }

    @Override
    public List<Remark> check(CxoneCaller caller) throws SignInException, IOException {
        return new ChannelCheck(settings, caller).run();
    }

    /** A search answers with texts, up to {@link ReadBack#AT_ONCE} of them, each perhaps twice and all of it escaped. */
    @Override
    public int longestAnswer() {
        return (int) Math.min(MOST_ANSWER, ReadBack.AT_ONCE * (4_096L + 8L * settings.longestText()));
    }

    /** Each message is a part with its own envelope and hash. */
    @Override
    public int memoryWeight() {
        return 2;
    }

    @Override
    public boolean readsBack() {
        return true;
    }

    @Override
    public List<String> readBack(List<Sent> parts, CxoneCaller caller) throws SignInException, IOException {
        return new ReadBack(caller, settings.channelId(), settings.finalStatus()).differences(parts);
    }

    @Override
    public void withdraw(List<Sent> parts, CxoneCaller caller, Runnable removed) throws SignInException, IOException {
        new ReadBack(caller, settings.channelId(), null).removeContent(parts, removed);
    }

    @Override
    public List<Probed> probe(String name, CxoneCaller caller) throws SignInException, IOException {
        return new Probe(settings, callPath(), name, caller).run();
    }

    @Override
    public ContactLimit contactLimit() {
        return settings.contactLimit();
    }

    /** Where the status or the lock is not taken, all messages are there nevertheless; it says nothing of other chats. */
    @Override
    public boolean isHarmless(Part part, int httpStatus) {
        return part.messages() == 0 && HARMLESS.contains(httpStatus);
    }

    @Override
    public Duplicates duplicates() {
        return settings.duplicates();
    }

    @Override
    public boolean hasOtherCalls() {
        return true;
    }

    @Override
    public boolean looksUp() {
        return true;
    }

    /** A status and a lock are set again without harm. */
    @Override
    public @Nullable Call lookUp(Part part) {
        if (part.messages() == 0) {
            return null;
        }
        return new Call("GET", search(MessageAnswer.idOf(part.payload())));
    }

    /** The path of a search for a message, in all channels: what another one has under its id says why CXone refuses it. */
    static String search(String id) {
        return API + "/messages?idOnExternalPlatform%5B%5D=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable LookedUp lookedUp(Part part, byte[] body) {
        return MessageAnswer.lookedUp(Whereabouts.of(settings.channelId(), part.payload()), body);
    }

    @Override
    public Duration searchLag() {
        return settings.searchLag();
    }

    /** The header x-trace-id, or the uid of an error. */
    @Override
    public @Nullable String trace(Function<String, @Nullable Object> headers, byte[] body) {
        Object header = headers.apply("x-trace-id");
        String trace = header == null ? MessageAnswer.uid(body) : header.toString();
        return trace != null && TRACE.matcher(trace).matches() ? trace : null;
    }

    /** A message after the contact was closed gets another contact. */
    @Override
    public boolean keepsOneConversation() {
        return true;
    }

    @Override
    public boolean recordsEachPart() {
        return false;
    }

    @Override
    public @Nullable Confirmation confirmation(Part part, int httpStatus, byte[] body) {
        if (part.messages() == 0) {
            return new Confirmation(null, true);
        }
        String contact = MessageAnswer.contact(Whereabouts.of(settings.channelId(), part.payload()), body);
        return contact == null ? null : new Confirmation(contact, true);
    }
}
