import MediaModel
import Testing

@Suite("Media types")
struct MediaTypeTests {
    @Test(
        "parameters, case and blanks do not change the essence",
        arguments: [
            ("audio/webm", "audio/webm"), ("audio/webm;codecs=opus", "audio/webm"),
            ("Audio/WebM; Codecs=\"opus\"", "audio/webm"), ("video/webm;codecs=vp8,opus", "video/webm"),
            ("audio/mp4; codecs=mp4a.40.2", "audio/mp4"), ("text/plain;", "text/plain"),
            ("text/plain ;; charset=utf-8 ; x=\"a;\\\"b\" ", "text/plain"), (" text/plain", "text/plain"),
            ("application/vnd.a+b.c-d_e", "application/vnd.a+b.c-d_e"),
        ])
    func essence(text: String, essence: String) { #expect(MediaType(text)?.essence == essence) }

    @Test(
        "text that is not a media type is rejected",
        arguments: [
            "", "audio", "audio/", "/webm", "audio/we bm", "audio /webm", "audio/webm codecs=opus", "audio/webm;codecs",
            "audio/webm;codecs=", "audio/webm;=opus", "audio/webm;codecs=\"opus", "audio/webm/x",
            "audio/webm,video/webm",
            "audio/webm;codecs=\"a\\",
        ])
    func invalid(text: String) { #expect(MediaType(text) == nil) }
}
