import ChatBridge
import ChatTestSupport
import Testing

@testable import ImageKit
@testable import MediaAPI

struct ImageKitKeysTests {
    @Test("a token is signed as ImageKit's published SDKs sign it")
    func vector() {
        let keys = ImageKitKeys(publicKey: "public_test", privateKey: "private_key_test", urlEndpoint: "")
        let signature = keys.signature(token: "your_token", expire: "1582269249")
        #expect(signature == "e71bcd6031016b060d349d212e23e85c791decdd")
        #expect(keys.isSignature(signature, of: "your_token", expire: "1582269249"))
        #expect(!keys.isSignature(signature, of: "your_token1", expire: "582269249x"))
        #expect(!keys.isSignature(signature.uppercased(), of: "your_token", expire: "1582269249"))
        #expect(!keys.isSignature("", of: "your_token", expire: "1582269249"))
    }

    @Test("keys that follow from a secret are the same for the same, others for others, and never the secret")
    func derived() {
        let (one, same, other) = (
            ImageKitKeys.derived(from: [1, 2, 3], urlEndpoint: ""),
            ImageKitKeys.derived(from: [1, 2, 3], urlEndpoint: ""),
            ImageKitKeys.derived(from: [1, 2, 4], urlEndpoint: "")
        )
        let sign = { (keys: ImageKitKeys) in keys.signature(token: "t", expire: "1") }
        #expect(sign(one) == sign(same) && sign(one) != sign(other))
        #expect(one.publicKey == same.publicKey && one.publicKey != other.publicKey)
        #expect(!one.isPrivateKey(one.publicKey))
    }

    @Test(
        "a token says whose the file will be; any other belongs to the chat server",
        arguments: ["ann", "Ünï / 1", "64b0"])
    func owner(user: String) {
        let token = ImageKitToken.make(for: user)
        #expect(ImageKitToken.owner(of: token) == .user(user) && token != ImageKitToken.make(for: user))
        #expect(token.utf8.count < 512)
        for other in ["8f0e7e3c-6d2e-4f0e-9f5e-000000000000", "a.b.c", "x.", "x.!!", "x.AA"] {
            #expect(ImageKitToken.owner(of: other) == .service)
        }
    }
}
