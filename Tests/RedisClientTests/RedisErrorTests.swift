import RedisClient
import Testing

@Suite struct RedisErrorTests {
    @Test func `an error shows why`() {
        #expect(RedisError(.deadline, "no reply in 500 ms").description == "no reply in 500 ms")
    }
}
