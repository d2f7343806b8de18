import Crypto
import Testing

struct CryptoTests {
    @Test("SHA-256 of \"abc\" is FIPS 180-4's")
    func sha256() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(hexEncode(SHA256.hash("abc".utf8)) == expected)
        var hash = SHA256()
        for byte in "abc".utf8 { withUnsafeBytes(of: byte) { hash.update(bufferPointer: $0) } }
        #expect(hexEncode(hash.finalize()) == expected)
    }

    @Test("HMAC-SHA256 is RFC 4231's second case")
    func hmac() {
        let code = HMAC.sha256("what do ya want for nothing?".utf8, key: "Jefe".utf8)
        #expect(hexEncode(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test("HMAC-SHA1 is the vector of ImageKit's SDKs")
    func imageKitVector() {
        let code = HMAC.insecureSHA1("your_token1582269249".utf8, key: "private_key_test".utf8)
        #expect(hexEncode(code) == "e71bcd6031016b060d349d212e23e85c791decdd")
    }

    @Test("base64url round trips, and anything outside its alphabet is rejected")
    func base64URL() {
        for length in 0..<70 {
            let bytes = SecureRandom.bytes(length)
            #expect(base64URLDecode(base64URLEncode(bytes)) == bytes)
        }
        for text in ["a", "ab", "aab", "ab=", "ab==", "a+bc", "a/bc", "ab c", "äb"] {
            #expect(base64URLDecode(text) == nil)
        }
    }

    @Test("equality in constant time says what equality says")
    func equality() {
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
    }
}
