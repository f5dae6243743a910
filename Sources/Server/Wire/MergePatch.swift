internal import JSONCoding
internal import RoomEngine

/// JSON merge patches (RFC 7396) between two texts of the same canonical writer: what is equal is equal text, so no tree
/// is built.
enum MergePatch {
    /// The patch that makes `new` of `old`, or nil when there is none: a value that is no object, or a null, which a
    /// merge patch cannot set.
    static func diff(from old: ArraySlice<UInt8>, to new: ArraySlice<UInt8>) -> [UInt8]? {
        guard let old = (try? JSONScanner.members(of: old)) ?? nil,
            let new = (try? JSONScanner.members(of: new)) ?? nil
        else { return nil }
        var patch: [UInt8] = [UInt8(ascii: "{")]
        func set(_ key: String, _ value: some Collection<UInt8>) {
            if patch.count > 1 { patch.append(UInt8(ascii: ",")) }
            CanonicalJSON.append(key, to: &patch)
            patch.append(UInt8(ascii: ":"))
            patch.append(contentsOf: value)
        }
        for member in new {
            let before = old.first { $0.key == member.key }?.value
            if let before, before.elementsEqual(member.value) { continue }
            if let before, isObject(before), isObject(member.value) {
                guard let inner = diff(from: before, to: member.value) else { return nil }
                set(member.key, inner)
            } else {
                guard !hasNullMember(member.value) else { return nil }
                set(member.key, member.value)
            }
        }
        for member in old where !new.contains(where: { $0.key == member.key }) { set(member.key, "null".utf8) }
        patch.append(UInt8(ascii: "}"))
        return patch
    }

    private static func isObject(_ text: ArraySlice<UInt8>) -> Bool { text.first == UInt8(ascii: "{") }

    /// Nulls inside lists are data; as a member of an object a null would delete.
    private static func hasNullMember(_ text: ArraySlice<UInt8>) -> Bool {
        if text.elementsEqual("null".utf8) { return true }
        guard isObject(text), let members = (try? JSONScanner.members(of: text)) ?? nil else { return false }
        return members.contains { hasNullMember($0.value) }
    }
}
