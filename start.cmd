@echo off
rem Shows the demo on Windows, where there is no make: double-click, or run start.cmd
setlocal
cd /d "%~dp0"
if not exist .venv\Scripts\python.exe (
  py -3 -m venv .venv || goto nopython
)
if not exist .venv\run.stamp (
  echo Setting up .venv ...
  .venv\Scripts\python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements\run.txt || goto failed
  echo done> .venv\run.stamp
)
if "%~1"=="" (
  .venv\Scripts\python -m bot run --demo
) else (
  .venv\Scripts\python -m bot %*
)
exit /b %errorlevel%

:nopython
echo Python 3.11 or later is needed: https://www.python.org/downloads/windows/
exit /b 1

:failed
echo The set-up did not finish. Check the network and start again.
exit /b 1
