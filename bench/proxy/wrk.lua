-- Lua's tables have another order in every process. Where the order of headers changes, V8 throws away code that it has optimised
-- for the one before, and each contender would be measured in whatever state its own sequence of orders has left it.
init = function()
  local names = {}
  for name in pairs(wrk.headers) do
    if name ~= 'Host' then names[#names + 1] = name end
  end
  table.sort(names)
  local lines = { wrk.method .. ' ' .. wrk.path .. ' HTTP/1.1', 'Host: ' .. wrk.headers['Host'] }
  for _, name in ipairs(names) do lines[#lines + 1] = name .. ': ' .. wrk.headers[name] end
  local text = table.concat(lines, '\r\n') .. '\r\n\r\n'
  wrk.format = function() return text end
end

-- What wrk found, as JSON on a line of its own.
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"micros":%d,"errors":%d,"medianMicros":%.0f,"p99Micros":%.0f}\n',
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
