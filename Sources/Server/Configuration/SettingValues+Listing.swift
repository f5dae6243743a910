extension SettingValues {
    /// What `parlor config` prints: every setting with the value in force and where it comes from, secrets masked.
    var listing: String {
        let rows = Setting.allCases.map { setting in
            (name: setting.rawValue, value: shown(setting), source: self[setting]?.source ?? .preset, setting: setting)
        }
        let nameWidth = rows.lazy.map(\.name.count).max() ?? 0
        let valueWidth = rows.lazy.map(\.value.count).max() ?? 0
        return rows.map { row in
            "\(row.name.padded(to: nameWidth))  \(row.value.padded(to: valueWidth))"
                + "  \(row.source.description(for: row.setting))"
        }.joined(separator: "\n")
    }

    private func shown(_ setting: Setting) -> String {
        guard let value = self[setting] else {
            guard case .unset(let meaning) = setting.row.preset else { return "" }
            return "(\(meaning))"
        }
        return setting.isSecret ? Secret.mask : value.text
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
