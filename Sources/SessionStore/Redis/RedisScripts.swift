internal import RedisClient

/// What happens inside Redis in one piece. Terms, epochs, versions and revisions are texts of 20 digits, which compare as
/// the numbers do: Lua's own numbers are exact up to 2^53 only.
enum RedisScripts {
    // MARK: Sessions

    /// ARGV: revision, session, time to live in ms.
    static let saveSession = RedisScript(
        """
        if redis.call('GETRANGE', KEYS[1], 0, 19) > ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2], 'PX', ARGV[3])
        return 1
        """)

    /// ARGV: revision.
    static let removeSession = RedisScript(
        """
        if redis.call('GETRANGE', KEYS[1], 0, 19) > ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[1])
        """)

    // MARK: Rooms

    /// KEYS: room, log. Answers null where there is no room.
    static let claim = RedisScript(
        """
        local room = redis.call('HMGET', KEYS[1],
            'term', 'epoch', 'version', 'base', 'game', 'private', 'created', 'snapshot')
        if not room[1] then
            if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], 'gone') == 1 then return false end
            return 'corrupt'
        end
        for i = 1, 8 do if not room[i] then return 'corrupt' end end
        local log = redis.call('LRANGE', KEYS[2], 0, -1)
        local term, version, base = tonumber(room[1]), tonumber(room[3]), tonumber(room[4])
        if not (term and version and base) or version - base ~= #log or term >= 2^53 then return 'corrupt' end
        room[1] = string.format('%020.0f', term + 1)
        redis.call('HSET', KEYS[1], 'term', room[1])
        room[9] = log
        return room
        """)

    /// KEYS: log, archive. What is to be compressed when the log is trimmed; only the length where nothing is archived.
    static let peekLog = RedisScript(
        """
        if redis.call('EXISTS', KEYS[2]) == 0 then return false end
        return redis.call('LRANGE', KEYS[1], 0, -1)
        """)

    /// KEYS: room, log, archive, pieces. ARGV: the bound of an archive, how long a removed room is remembered in ms, and
    /// ten for each commit: what it is, term, epoch, version, the version before it, and five more as ``RoomScriptCall``
    /// says. First looks whether all of them fit and then does all of them: `ok`, `refused`, `behind` as `CommitRules`
    /// has it, or `again` where the log is not what its trimming was made for.
    static let commit = RedisScript(
        """
        local room, log, archive, pieces = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
        local stored = redis.call('HMGET', room, 'term', 'version', 'gone')
        local term, version, gone = stored[1], stored[2], stored[3]
        local length = redis.call('LLEN', log)

        for i = 3, #ARGV, 10 do
            local kind, ofTerm, ofVersion, before = ARGV[i], ARGV[i + 1], ARGV[i + 3], ARGV[i + 4]
            if kind == 'created' then
                if term then return 'refused' end
            elseif kind == 'rewritten' then
                if term and term > ofTerm or gone and gone >= ofTerm then return 'refused' end
            elseif not term then
                return gone and gone >= ofTerm and 'refused' or 'behind'
            elseif term ~= ofTerm then
                return term > ofTerm and 'refused' or 'behind'
            elseif kind == 'input' then
                if ofVersion <= version then return 'refused' end
                if before ~= version then return 'behind' end
            elseif kind == 'confirmed' then
                if ofVersion ~= version then return ofVersion < version and 'refused' or 'behind' end
            elseif kind ~= 'removed' and ofVersion < version then
                return 'refused'
            end
            if (kind == 'state' or kind == 'removed') and ARGV[i + 7] ~= '' and tonumber(ARGV[i + 7]) ~= length then
                return 'again'
            end
            if kind == 'removed' then
                term, version, gone, length = nil, nil, ofTerm, 0
            else
                term, version = ofTerm, ofVersion
                length = kind == 'input' and length + 1 or kind == 'confirmed' and length or 0
                if kind == 'created' or kind == 'rewritten' then gone = nil end
            end
        end

        local function add(piece)
            local bytes = tonumber(redis.call('HGET', archive, 'bytes') or ARGV[1])
            if piece == '' or bytes >= tonumber(ARGV[1]) then return end
            redis.call('RPUSH', pieces, piece)
            redis.call('HSET', archive, 'bytes', bytes + #piece)
        end

        for i = 3, #ARGV, 10 do
            local kind, ofTerm, epoch, ofVersion = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
            local a, b, c, d, e = ARGV[i + 5], ARGV[i + 6], ARGV[i + 7], ARGV[i + 8], ARGV[i + 9]
            if kind == 'created' or kind == 'rewritten' then
                redis.call('DEL', room, log, archive, pieces)
                redis.call('HSET', room, 'term', ofTerm, 'epoch', epoch, 'version', ofVersion, 'base', ofVersion,
                    'game', c, 'private', d, 'created', e, 'snapshot', a)
                if b ~= '' then
                    redis.call('HSET', archive, 'game', c, 'private', d, 'created', e, 'start', b, 'bytes', 0)
                end
            elseif kind == 'input' then
                redis.call('RPUSH', log, a)
                redis.call('HSET', room, 'version', ofVersion)
            elseif kind == 'state' or kind == 'migrated' then
                if kind == 'state' then
                    add(b)
                elseif redis.call('EXISTS', archive) == 1 then
                    redis.call('DEL', pieces)
                    redis.call('HSET', archive, 'start', b, 'bytes', 0)
                end
                redis.call('DEL', log)
                redis.call('HSET', room, 'snapshot', a, 'version', ofVersion, 'base', ofVersion, 'epoch', epoch)
            elseif kind == 'removed' then
                add(b)
                redis.call('DEL', room, log)
                redis.call('HSET', room, 'gone', ofTerm)
                redis.call('PEXPIRE', room, ARGV[2])
                if a == '' then
                    redis.call('DEL', archive, pieces)
                elseif redis.call('EXISTS', archive) == 1 then
                    redis.call('HSET', archive, 'until', a)
                end
            end
        end
        return 'ok'
        """)

    /// KEYS: room, log, archive, pieces. Answers null where nothing is kept.
    static let archive = RedisScript(
        """
        local kept = redis.call('HMGET', KEYS[3], 'game', 'private', 'created', 'start', 'bytes')
        if not kept[4] then return false end
        kept[6] = redis.call('LRANGE', KEYS[4], 0, -1)
        kept[7] = redis.call('LRANGE', KEYS[2], 0, -1)
        return kept
        """)

    /// KEYS: room, log, archive, pieces. ARGV: now. Deletes an archive whose time is over. Answers whether the room
    /// lives, whether an archive was deleted, and until when one is kept.
    static let bury = RedisScript(
        """
        local lives = redis.call('HEXISTS', KEYS[1], 'term')
        local kept = redis.call('HGET', KEYS[3], 'until')
        if not kept then return {lives, 0, false} end
        if tonumber(kept) > tonumber(ARGV[1]) then return {lives, 0, kept} end
        redis.call('DEL', KEYS[3], KEYS[4])
        return {lives, 1, false}
        """)

    // MARK: The server

    /// KEYS: run, owner. ARGV: a new name for the data, who this is, how long that is believed in ms. Answers the data's
    /// name, and who was here before if it was somebody else.
    static let pulse = RedisScript(
        """
        local run = redis.call('GET', KEYS[1])
        if not run then
            run = ARGV[1]
            redis.call('SET', KEYS[1], run)
        end
        local before = redis.call('GET', KEYS[2])
        redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
        if before == ARGV[2] then before = false end
        return {run, before}
        """)
}
