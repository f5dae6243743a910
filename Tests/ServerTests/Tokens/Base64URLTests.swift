import Foundation
import Testing

@testable import ParlorServer

@Suite struct Base64URLTests {
    @Test func `every length comes back, and no other text stands for it`() {
        for count in 0..<70 {
            let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
            let text = base64url(data)
            #expect(Base64URL.decode(text.utf8) == data)
            for other in [text + "=", text + " ", text + "A", "\n" + text, text + "."]
            where count % 3 != 0 || other != text + "A" {
                let decoded = Base64URL.decode(other.utf8)
                #expect(decoded == nil || decoded != data, "\(other)")
            }
        }
    }

    @Test(arguments: [
        "A", "AAAAA", "AB", "AAB", "QQ==", "QQ=", "Q Q", "Q+Q/", "QQ\n", "Q.Q", "Zm9vYg=", "Zm9vYh", "Zm9vYmF_Zh", "é",
    ]) func `what is not written as it must be is nothing`(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test(arguments: [("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob"), ("Zm9vYmE", "fooba")])
    func `the vectors of RFC 4648 are read`(text: String, plain: String) {
        #expect(Base64URL.decode(text.utf8) == bytes(plain))
    }
}
