-- Drives Neovim's own client against the server: opens a file, changes it without saving, hovers, and lets it be fixed.
-- Writes what it saw as JSON to $TRANSCRIPT.

local seen = {}
local ok, problem = pcall(function()
  vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.MODEL))
  local client = vim.lsp.start_client({
    name = 'torchtielint',
    cmd = { vim.env.PYTHON, '-m', 'torchtielint', 'server' },
    root_dir = vim.fn.getcwd(),
    settings = { torchtielint = {} },
  })
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.buf_attach_client(buffer, client)

  local function codes()
    return vim.tbl_map(function(one)
      return { one.lnum + 1, one.col + 1, one.code }
    end, vim.diagnostic.get(buffer))
  end

  local function wait_for(count)
    assert(vim.wait(20000, function()
      return #vim.diagnostic.get(buffer) == count
    end, 5), 'there are ' .. #vim.diagnostic.get(buffer) .. ' diagnostics instead of ' .. count)
  end

  local function ask(method, params)
    local answers = assert(vim.lsp.buf_request_sync(buffer, method, params, 20000))
    return assert(answers[client]).result
  end

  local function act(title, line)
    vim.api.nvim_win_set_cursor(0, { line, 10 })
    local params = vim.lsp.util.make_range_params()
    params.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics() }
    for _, action in ipairs(ask('textDocument/codeAction', params)) do
      if action.title:find(title, 1, true) then
        vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16')
        return action.title
      end
    end
    error('no action is called ' .. title)
  end

  wait_for(1)
  seen.opened = codes()

  vim.api.nvim_win_set_cursor(0, { seen.opened[1][1], seen.opened[1][2] + 2 })
  seen.hover = ask('textDocument/hover', vim.lsp.util.make_position_params()).contents.value

  -- a second mistake, not saved
  local line = vim.fn.search('# here')
  vim.api.nvim_buf_set_lines(buffer, line - 1, line, true, {
    "        self.name = 'ü😀'; self.more = [nn.Linear(2, 2)]  # a list",
  })
  wait_for(2)
  seen.changed = codes()
  seen.on_disk = vim.fn.readfile(vim.env.MODEL)[line]

  seen.title = act('Ignore', line)
  wait_for(1)
  seen.ignored = vim.api.nvim_buf_get_lines(buffer, line - 1, line, true)[1]

  -- a fix: the comment silences nothing any more
  vim.api.nvim_buf_set_lines(buffer, line - 1, line, true, { '        self.x = 1  # torchtielint: ignore[TTL104]' })
  wait_for(2)
  seen.fix = act('TTL002', line)
  wait_for(1)
  seen.fixed = vim.api.nvim_buf_get_lines(buffer, line - 1, line, true)[1]

  vim.cmd('silent write')
  wait_for(1)
  vim.lsp.stop_client(client)
  assert(vim.wait(5000, function()
    return vim.lsp.get_client_by_id(client) == nil
  end, 5), 'the server does not stop')
end)
seen.problem = not ok and problem or nil
vim.fn.writefile({ vim.fn.json_encode(seen) }, vim.env.TRANSCRIPT)
vim.cmd('qall!')
